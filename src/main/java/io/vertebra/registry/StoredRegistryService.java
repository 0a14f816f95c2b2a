package io.vertebra.registry;

import static io.vertebra.api.FailureCode.CONFLICT;
import static io.vertebra.api.FailureCode.NOT_FOUND;

import io.vertebra.api.Failure;
import io.vertebra.api.Fields;
import io.vertebra.kv.Guard;
import io.vertebra.registry.WriteJob.Write;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** The rules of the registry: what each request changes, and what each question is about. */
final class StoredRegistryService implements RegistryService {
  private static final int MAX_ATTEMPTS = 20;

  private final RegistryStore store;
  private final WriteJob writes;
  private final Supplier<Future<Void>> joining;
  private final DraftService drafts;

  /**
   * @param announcer is told of every change made here
   * @param joining what comes before something is registered or nodes are read
   */
  StoredRegistryService(
      RegistryStore store,
      RegistryOptions options,
      Clock clock,
      Consumer<JsonObject> announcer,
      Supplier<Future<Void>> joining) {
    this.store = store;
    this.writes = new WriteJob(store, options, clock, announcer);
    this.joining = joining;
    this.drafts = new StoredDraftService(store, options, writes, joining);
  }

  DraftService drafts() {
    return drafts;
  }

  @Override
  public Future<Registered> register(Registration request, Guard guard) {
    return joining.get().compose(unused -> join(request, guard));
  }

  /** Registers before anything else. */
  Future<Registered> join(Registration request, Guard guard) {
    JsonObject about = new JsonObject().put("node", request.nodeName());
    request.instance().ifPresent(of -> about.put("instance", of.id()).put("service", of.service()));
    return writes.make(
        new Write(
            "registered",
            request,
            about,
            guard,
            (planner, catalog) -> planner.register(catalog, request)));
  }

  @Override
  public Future<Registered> deregister(String node, String id, Guard guard) {
    ItemKey key = new ItemKey(node, id);
    JsonObject about = new JsonObject().put("node", node).put("instance", id);
    return writes.make(
        new Write(
            "deregistered",
            key,
            about,
            guard,
            (planner, catalog) -> planner.deregister(catalog, key)));
  }

  @Override
  public Future<Registered> deregisterCheck(String node, String id, Guard guard) {
    ItemKey key = new ItemKey(node, id);
    JsonObject about = new JsonObject().put("node", node).put("check", id);
    return writes.make(
        new Write(
            "check-deregistered",
            key,
            about,
            guard,
            (planner, catalog) -> planner.deregisterCheck(catalog, key)));
  }

  /** The instances go one by one, then the node, unless one came in between. */
  @Override
  public Future<Registered> deregisterNode(String node, Guard guard) {
    Write last =
        new Write(
            "node-deregistered",
            new ItemKey(node, ""),
            new JsonObject().put("node", node),
            guard,
            (planner, catalog) -> planner.deregisterNode(catalog, node));
    return writes.unlessDone(last, () -> deregisterNode(node, last, MAX_ATTEMPTS));
  }

  private Future<Registered> deregisterNode(String node, Write last, int attempts) {
    Guard fence = new Guard(last.guard().fence(), "");
    return store
        .sync()
        .compose(unused -> removeAll(node, fence))
        .compose(unused -> writes.make(last, 1))
        .recover(
            cause ->
                Failure.of(cause).code() == CONFLICT && attempts > 1
                    ? deregisterNode(node, last, attempts - 1)
                    : Future.failedFuture(cause));
  }

  private Future<Void> removeAll(String node, Guard fence) {
    List<ItemKey> all = store.look(catalog -> Planner.instancesOn(catalog, node));
    Future<Void> done = Future.succeededFuture();
    for (ItemKey key : all) {
      done = done.compose(unused -> deregister(key.node(), key.id(), fence).mapEmpty());
    }
    return done;
  }

  @Override
  public Future<Registered> report(ReportCheck request, Guard guard) {
    JsonObject about =
        new JsonObject()
            .put("node", request.node())
            .put("check", request.id())
            .put("status", Fields.word(request.status()));
    Write write =
        new Write(
            "reported",
            request,
            about,
            guard,
            (planner, catalog) -> planner.report(catalog, request));
    long lease = store.look(catalog -> Planner.lifeOf(catalog, request));
    if (lease == 0 || !guard.equals(Guard.NONE)) {
      return writes.make(write);
    }
    long mark = store.look(Catalog::mark);
    return store
        .keepAlive(lease)
        .map(unused -> new Registered(false, mark))
        .recover(
            cause ->
                Failure.of(cause).code() == NOT_FOUND
                    ? writes.make(write)
                    : Future.failedFuture(cause));
  }

  @Override
  public Future<Registered> maintain(SetMaintenance request, Guard guard) {
    JsonObject about =
        new JsonObject()
            .put("node", request.node())
            .put("instance", request.instance())
            .put("enabled", request.enabled());
    return writes.make(
        new Write(
            "maintenance",
            request,
            about,
            guard,
            (planner, catalog) -> planner.maintain(catalog, request)));
  }

  /**
   * Writes what was found out about a check, unless it changed since it was seen.
   *
   * @return whether it was written
   */
  Future<Boolean> found(Entry<HealthCheck> seen, CheckStatus status, String output) {
    Check check = seen.value().check();
    Change change = writes.planner().found(seen, status, output);
    JsonObject about =
        new JsonObject()
            .put("node", check.node())
            .put("instance", check.instance())
            .put("check", check.id())
            .put("status", Fields.word(status));
    return store
        .change(change.toTxn())
        .map(
            result -> {
              if (result.succeeded()) {
                writes.announce("found", about, result.revision());
              }
              return result.succeeded();
            });
  }

  /** Removes the instance of a check that is as it was seen; {@code CONFLICT} if it is not. */
  Future<Registered> deregisterIfStill(Entry<HealthCheck> seen) {
    Check check = seen.value().check();
    ItemKey key = new ItemKey(check.node(), check.instance());
    JsonObject about = new JsonObject().put("node", check.node()).put("instance", check.instance());
    return writes.make(
        new Write(
            "reaped",
            key,
            about,
            Guard.NONE,
            (planner, catalog) -> {
              Change change = planner.deregister(catalog, key);
              change.expect(RegistryKeys.check(check), seen);
              return change;
            }),
        1);
  }

  @Override
  public Future<Indexed<List<Entry<Node>>>> nodes(Reading reading) {
    return joining.get().compose(unused -> store.read(Question.nodes(), reading));
  }

  @Override
  public Future<Indexed<Optional<NodeHealth>>> node(String name, Reading reading) {
    return joining.get().compose(unused -> store.read(Question.node(name), reading));
  }

  @Override
  public Future<Indexed<SortedMap<String, List<String>>>> services(Reading reading) {
    return store.read(Question.services(), reading);
  }

  @Override
  public Future<Indexed<List<ServiceSummary>>> summaries(Reading reading) {
    return store.read(Question.summaries(), reading);
  }

  @Override
  public Future<Indexed<List<InstanceHealth>>> instances(InstanceQuery query, Reading reading) {
    return store.read(Question.instances(query), reading);
  }

  @Override
  public Future<Indexed<List<FoundCheck>>> checks(CheckQuery query, Reading reading) {
    return store.read(Question.checks(query), reading);
  }
}
