package io.vertebra.registry;

import io.vertebra.kv.Bytes;
import io.vertebra.kv.Compare;
import io.vertebra.kv.KeyRange;
import io.vertebra.kv.KvEntry;
import io.vertebra.kv.KvEvent;
import io.vertebra.kv.Op;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Changes of the registry, each planned on what those before it left, that a transaction of the
 * caller's makes together with whatever else it writes. Whatever was read from here is among what
 * the transaction has to compare. Knows only what its {@link DraftScope} names. For one thread at a
 * time.
 */
public final class Draft {
  /** Stands for the revision at which all is written. */
  public static final long PENDING = Long.MAX_VALUE;

  /** More than these are compared by the mark alone: that nothing else changed at all. */
  private static final int MAX_COMPARES = 32;

  private final Planner planner;
  private final long mark;
  private final TreeMap<Bytes, KvEntry> present = new TreeMap<>();
  private final Map<Bytes, KvEntry> stored;
  private final Catalog catalog;
  private final Set<Compare> compares = new LinkedHashSet<>();
  private final Set<KeyRange> removed = new LinkedHashSet<>();
  private final Map<Long, Op> granted = new LinkedHashMap<>();
  private final Map<Long, Op> revoked = new LinkedHashMap<>();
  private final Set<Op> topics = new LinkedHashSet<>();
  private final Set<Bytes> written = new LinkedHashSet<>();
  private final List<Made> made = new ArrayList<>();

  /** A change to be told of once it is made. */
  record Made(String what, JsonObject about) {}

  /**
   * @param mark revision of the view that the entries are from
   */
  Draft(Planner planner, long mark, List<KvEntry> entries) {
    this.planner = planner;
    this.mark = mark;
    this.catalog = Catalog.of(entries);
    entries.forEach(entry -> present.put(entry.key(), entry));
    this.stored = Map.copyOf(present);
  }

  /** A node, as the changes up to now leave it. */
  public Optional<Entry<Node>> node(String name) {
    Entry<Node> entry = catalog.node(name);
    expect(RegistryKeys.node(name), entry);
    return Optional.ofNullable(entry);
  }

  /** An instance, as the changes up to now leave it. */
  public Optional<Entry<Instance>> instance(ItemKey key) {
    Entry<Instance> entry = catalog.instance(key);
    expect(RegistryKeys.instance(key), entry);
    return Optional.ofNullable(entry);
  }

  /** A check, as the changes up to now leave it. */
  public Optional<FoundCheck> check(ItemKey key) {
    Entry<HealthCheck> entry = catalog.check(key);
    if (entry == null) {
      compares.add(unchangedIn(RegistryKeys.checks(key.node())));
      return Optional.empty();
    }
    Check check = entry.value().check();
    expect(RegistryKeys.check(check), entry);
    ItemKey of = new ItemKey(check.node(), check.instance());
    return Optional.of(new FoundCheck(entry, Optional.ofNullable(catalog.instance(of))));
  }

  /** Registers; fails as {@link RegistryService#register} does. */
  public void register(Registration request) {
    JsonObject about = new JsonObject().put("node", request.nodeName());
    request.instance().ifPresent(of -> about.put("instance", of.id()).put("service", of.service()));
    make(planner.register(catalog, request), "registered", about);
  }

  /** Removes an instance and its checks, if there is one. */
  public void removeInstance(ItemKey key) {
    JsonObject about = new JsonObject().put("node", key.node()).put("instance", key.id());
    expect(RegistryKeys.instance(key), catalog.instance(key));
    make(planner.deregister(catalog, key), "deregistered", about);
  }

  /** Removes a check, if there is one. */
  public void removeCheck(ItemKey key) {
    JsonObject about = new JsonObject().put("node", key.node()).put("check", key.id());
    Optional<FoundCheck> unused = check(key);
    make(planner.deregisterCheck(catalog, key), "check-deregistered", about);
  }

  /** Removes a node with all that is on it, if there is one. */
  public void removeNode(String name) {
    Entry<Node> entry = catalog.node(name);
    expect(RegistryKeys.node(name), entry);
    if (entry != null) {
      compares.add(unchangedIn(RegistryKeys.instances(name)));
      compares.add(unchangedIn(RegistryKeys.checks(name)));
      make(
          planner.removeNode(catalog, name),
          "node-deregistered",
          new JsonObject().put("node", name));
    }
  }

  /** What must be so still when the changes are made. */
  public Set<Compare> compares() {
    Set<Compare> all = new LinkedHashSet<>(compares);
    removed.stream()
        .filter(range -> !range.isOne() && isWrittenIn(range))
        .forEach(range -> all.add(unchangedIn(range)));
    return all.size() > MAX_COMPARES ? Set.of(Compare.modifiedAt(RegistryKeys.MARK, mark)) : all;
  }

  /** What the changes write, each key once; nothing if there are none. */
  public List<Op> steps() {
    if (made.isEmpty()) {
      return List.of();
    }
    List<Op> all = new ArrayList<>();
    Set<Long> leases = new HashSet<>();
    present.values().forEach(entry -> leases.add(entry.lease()));
    granted.forEach((id, grant) -> addIf(leases.contains(id), grant, all));
    removed.forEach(range -> all.addAll(removal(range)));
    for (Bytes key : written) {
      KvEntry entry = present.get(key);
      if (entry != null) {
        all.add(Op.put(key, entry.value(), entry.lease()));
      }
    }
    revoked.forEach((id, revoke) -> addIf(!granted.containsKey(id), revoke, all));
    all.addAll(topics);
    all.add(Op.put(RegistryKeys.MARK, Bytes.EMPTY));
    return all;
  }

  private static void addIf(boolean wanted, Op step, List<Op> all) {
    if (wanted) {
      all.add(step);
    }
  }

  /** A transaction cannot remove what it writes, so that what is written is left out. */
  private List<Op> removal(KeyRange range) {
    return isWrittenIn(range)
        ? written.stream()
            .filter(key -> range.contains(key) && !present.containsKey(key))
            .map(Op::delete)
            .toList()
        : List.of(new Op.Delete(range, false));
  }

  private boolean isWrittenIn(KeyRange range) {
    return written.stream().anyMatch(key -> range.contains(key) && present.containsKey(key));
  }

  List<Made> made() {
    return made;
  }

  private void make(Change change, String what, JsonObject about) {
    change.compares().stream().filter(this::isOfStore).forEach(compares::add);
    if (change.isEmpty()) {
      return;
    }
    made.add(new Made(what, about));
    List<KvEvent> events = new ArrayList<>();
    change.steps().forEach(step -> apply(step, events));
    Set<Topic> unused = catalog.apply(events);
  }

  private void apply(Op step, List<KvEvent> events) {
    if (step instanceof Op.Put put) {
      put(put, events);
    } else if (step instanceof Op.Delete delete) {
      removed.add(delete.range());
      removeIf(entry -> delete.range().contains(entry.key()), events);
    } else if (step instanceof Op.Grant grant) {
      granted.put(grant.id(), grant);
    } else if (step instanceof Op.Revoke revoke) {
      revoked.put(revoke.id(), revoke);
      removeIf(entry -> entry.lease() == revoke.id(), events);
    }
  }

  /** Marks of topics come last, once each. */
  private void put(Op.Put put, List<KvEvent> events) {
    if (RegistryKeys.parse(put.key()).kind() == RegistryKeys.Kind.TOPIC) {
      topics.add(put);
      return;
    }
    long created = created(put.key());
    KvEntry after = new KvEntry(put.key(), put.value(), created, PENDING, 1, put.lease());
    present.put(put.key(), after);
    written.add(put.key());
    events.add(new KvEvent(KvEvent.Type.PUT, after, Optional.empty()));
  }

  /** What is removed and written again is written only. */
  private long created(Bytes key) {
    KvEntry before = stored.get(key);
    return before == null ? PENDING : before.createRevision();
  }

  private void removeIf(Predicate<KvEntry> unwanted, List<KvEvent> events) {
    for (KvEntry entry : List.copyOf(present.values())) {
      if (unwanted.test(entry)) {
        Bytes key = entry.key();
        present.remove(key);
        written.add(key);
        events.add(new KvEvent(KvEvent.Type.DELETE, KvEntry.absent(key), Optional.empty()));
      }
    }
  }

  private void expect(Bytes key, @Nullable Entry<?> entry) {
    Compare compare = Compare.modifiedAt(key, entry == null ? 0 : entry.modifyRevision());
    if (isOfStore(compare)) {
      compares.add(compare);
    }
  }

  /** That nothing was written there since the view; what was removed is no matter. */
  private Compare unchangedIn(KeyRange range) {
    return new Compare(
        range, Compare.Target.MOD_REVISION, Compare.Relation.LESS, mark + 1, Bytes.EMPTY);
  }

  /** Whether it is about the store, not about what these changes wrote. */
  private boolean isOfStore(Compare compare) {
    return !written.contains(compare.range().from());
  }
}
