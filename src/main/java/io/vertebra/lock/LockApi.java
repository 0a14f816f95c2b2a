package io.vertebra.lock;

import static io.vertx.core.http.HttpMethod.DELETE;
import static io.vertx.core.http.HttpMethod.GET;
import static io.vertx.core.http.HttpMethod.POST;
import static io.vertx.core.http.HttpMethod.PUT;

import io.vertebra.api.Api;
import io.vertebra.api.Feed;
import io.vertebra.api.Fields;
import io.vertebra.api.Operation;
import io.vertebra.kv.Guard;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;

/** The operations on locks: the one place that names them, their paths and their JSON. */
final class LockApi {
  static final String CONCERN = "lock";
  static final String ADDRESS = "vertebra." + CONCERN;
  static final String EVENTS = ADDRESS + ".events";

  private static final String LOCKS = "/api/v1/locks";
  private static final String LOCK = LOCKS + "/*name";

  private LockApi() {}

  static Api of(LockService locks) {
    return new Api(
        CONCERN,
        Api.Scope.CLUSTER,
        List.of(
            acquire(locks),
            acquireAll(locks),
            Operation.of(
                "renew",
                POST,
                LOCK,
                "Lets the lease of a lock begin anew.",
                guarded(RenewLock::from),
                asked -> locks.renew(asked.value(), asked.guard()).map(LockGrant::toJson)),
            Operation.of(
                "release",
                DELETE,
                LOCK,
                "Gives a lock back; no error if nobody holds it.",
                guarded(ReleaseLock::from),
                asked -> locks.release(asked.value(), asked.guard()).map(Released::toJson)),
            Operation.of(
                "inspect",
                GET,
                LOCK,
                "Shows who holds a lock and who waits for it.",
                LockApi::name,
                name -> locks.inspect(name).map(LockState::toJson)),
            Operation.of(
                "list",
                GET,
                LOCKS,
                "Lists the locks that are held.",
                ListLocks::from,
                request -> locks.list(request).map(LockPage::toJson)),
            Operation.feed(
                "watch",
                LOCKS + ":watch",
                "Tells what happens to locks, once and in order.",
                WatchLocks::from,
                (request, patience) -> locks.watch(request).map(LockFeed::new))));
  }

  private static Operation<?> acquire(LockService locks) {
    return Operation.waiting(
        "acquire",
        PUT,
        LOCK,
        "Gets a lock, waiting in a queue if need be.",
        guarded(AcquireLock::from),
        (asked, gone) -> locks.acquire(asked.value(), asked.guard(), gone).map(LockGrant::toJson));
  }

  private static Operation<?> acquireAll(LockService locks) {
    return Operation.waiting(
        "acquire-all",
        POST,
        LOCKS + ":acquire",
        "Gets several locks or none.",
        guarded(AcquireLocks::from),
        (asked, gone) ->
            locks.acquireAll(asked.value(), asked.guard(), gone).map(LockApi::several));
  }

  private static JsonObject several(List<LockGrant> grants) {
    JsonArray items = new JsonArray();
    grants.forEach(grant -> items.add(grant.toJson()));
    return new JsonObject().put("items", items);
  }

  private static String name(Fields fields) {
    String name = LockNames.read(fields, "name").required();
    return fields.build(() -> name);
  }

  private static <T> Function<Fields, Guarded<T>> guarded(Function<Fields, T> reader) {
    return fields -> {
      Supplier<Guard> guard = Guard.of(fields);
      T value = reader.apply(fields);
      return new Guarded<>(value, guard.get());
    };
  }

  /** What a change is about, and what it is done under. */
  private record Guarded<T>(T value, Guard guard) {}

  static JsonObject batch(LockService.Batch batch) {
    JsonArray events = new JsonArray();
    batch.events().forEach(event -> events.add(event.toJson()));
    return new JsonObject().put("revision", batch.revision()).put("events", events);
  }

  /** A watch as a feed. */
  private static final class LockFeed implements Feed {
    private final LockService.Watch watch;

    LockFeed(LockService.Watch watch) {
      this.watch = watch;
    }

    @Override
    public Future<JsonObject> next() {
      return watch.next().map(LockApi::batch);
    }

    @Override
    public JsonObject idle() {
      return batch(new LockService.Batch(watch.told(), List.of()));
    }

    @Override
    public void close() {
      watch.close();
    }
  }
}
