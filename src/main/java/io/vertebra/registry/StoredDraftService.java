package io.vertebra.registry;

import io.vertebra.kv.Bytes;
import io.vertebra.kv.KvEntry;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** Drafts on the view that this node has of the store. */
final class StoredDraftService implements DraftService {
  private final RegistryStore store;
  private final RegistryOptions options;
  private final WriteJob writes;
  private final Supplier<Future<Void>> joining;

  StoredDraftService(
      RegistryStore store,
      RegistryOptions options,
      WriteJob writes,
      Supplier<Future<Void>> joining) {
    this.store = store;
    this.options = options;
    this.writes = writes;
    this.joining = joining;
  }

  @Override
  public Future<Draft> open(DraftScope scope) {
    return scope.isEmpty()
        ? Future.succeededFuture(new Draft(writes.planner(), 0, List.of()))
        : joining
            .get()
            .compose(unused -> store.sync())
            .map(unused -> store.look(catalog -> draft(catalog, scope)));
  }

  @Override
  public void announce(Draft draft, long revision) {
    draft.made().forEach(made -> writes.announce(made.what(), made.about(), revision));
  }

  private Draft draft(Catalog catalog, DraftScope scope) {
    Part part = new Part(catalog);
    scope.nodes().forEach(part::addNode);
    scope.wholeNodes().forEach(part::addWholeNode);
    scope.instances().forEach(part::addInstance);
    scope.checks().forEach(part::addCheck);
    Planner planner = writes.planner();
    List<KvEntry> entries = List.copyOf(part.entries.values());
    return new Draft(planner.withOptions(room(catalog, entries)), catalog.mark(), entries);
  }

  /** The options for a planner that sees a part only: what it does not see takes room too. */
  private RegistryOptions room(Catalog catalog, List<KvEntry> part) {
    Catalog seen = Catalog.of(part);
    return new RegistryOptions(
        options.maxNodes() - catalog.nodes().size() + seen.nodes().size(),
        options.maxInstances() - catalog.instances().size() + seen.instances().size(),
        options.maxChecks() - catalog.checks().size() + seen.checks().size(),
        options.maxWaiting(),
        options.checks());
  }

  /** A part of a catalog in the making. */
  private static final class Part {
    private final Catalog catalog;
    private final Map<Bytes, KvEntry> entries = new LinkedHashMap<>();

    Part(Catalog catalog) {
      this.catalog = catalog;
    }

    void addNode(String name) {
      Entry<Node> node = catalog.node(name);
      if (node != null) {
        add(RegistryKeys.node(name), node, node.value().toJson());
      }
    }

    void addWholeNode(String name) {
      addNode(name);
      catalog.checksOf(new ItemKey(name, "")).forEach(this::add);
      for (Entry<Instance> instance : catalog.instancesOn(name)) {
        addInstance(new ItemKey(name, instance.value().id()));
      }
    }

    void addInstance(ItemKey key) {
      addNode(key.node());
      addAlone(key);
      catalog.checksOf(key).forEach(this::add);
    }

    void addCheck(ItemKey key) {
      addNode(key.node());
      Entry<HealthCheck> check = catalog.check(key);
      if (check != null) {
        addAlone(new ItemKey(key.node(), check.value().check().instance()));
        add(check);
      }
    }

    private void addAlone(ItemKey key) {
      Entry<Instance> instance = catalog.instance(key);
      if (instance != null) {
        add(RegistryKeys.instance(key), instance, instance.value().toJson());
      }
    }

    private void add(Entry<HealthCheck> entry) {
      Check check = entry.value().check();
      add(RegistryKeys.check(check), entry, CheckJson.toJson(entry.value()));
      long lease = catalog.lease(check);
      if (lease != 0) {
        Bytes alive = RegistryKeys.alive(check);
        entries.put(alive, new KvEntry(alive, Bytes.EMPTY, 1, 1, 1, lease));
      }
    }

    private void add(Bytes key, Entry<?> entry, JsonObject value) {
      entries.put(
          key,
          new KvEntry(
              key,
              Bytes.utf8(value.encode()),
              entry.createRevision(),
              entry.modifyRevision(),
              1,
              0));
    }
  }
}
