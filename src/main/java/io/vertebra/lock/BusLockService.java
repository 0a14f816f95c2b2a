package io.vertebra.lock;

import io.vertebra.api.Call;
import io.vertebra.api.Fields;
import io.vertebra.kv.BusCallService;
import io.vertebra.kv.Guard;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.List;

/**
 * The locks of the cluster, called over the event bus. Who waits cannot leave the queue before its
 * patience ends; a watch asks again and again.
 */
public final class BusLockService implements LockService {
  private static final Duration POLL = Duration.ofSeconds(30);

  private final BusCallService bus;

  public BusLockService(Vertx vertx) {
    this.bus = new BusCallService(vertx, LockApi.ADDRESS);
  }

  @Override
  public Future<LockGrant> acquire(AcquireLock request, Guard guard, Future<Void> gone) {
    return bus.call("acquire", request.toJson(), guard, request.patience()).map(LockGrant::from);
  }

  @Override
  public Future<List<LockGrant>> acquireAll(AcquireLocks request, Guard guard, Future<Void> gone) {
    return bus.call("acquire-all", request.toJson(), guard, request.each().patience())
        .map(json -> json.getJsonArray("items"))
        .map(items -> items.stream().map(item -> LockGrant.from((JsonObject) item)).toList());
  }

  @Override
  public Future<LockGrant> renew(RenewLock request, Guard guard) {
    return bus.call("renew", request.toJson(), guard).map(LockGrant::from);
  }

  @Override
  public Future<Released> release(ReleaseLock request, Guard guard) {
    return bus.call("release", request.toJson(), guard).map(Released::from);
  }

  @Override
  public Future<LockState> inspect(String name) {
    return bus.call("inspect", new JsonObject().put("name", name))
        .map(json -> LockState.from(Fields.of(json)));
  }

  @Override
  public Future<LockPage> list(ListLocks request) {
    return bus.call("list", request.toJson()).map(LockPage::from);
  }

  @Override
  public Future<Watch> watch(WatchLocks request) {
    return Future.succeededFuture(new Polling(request));
  }

  /** A watch made of long polls. */
  private final class Polling implements Watch {
    private final WatchLocks request;
    private volatile long next;

    Polling(WatchLocks request) {
      this.request = request;
      this.next = request.fromRevision();
    }

    @Override
    public Future<Batch> next() {
      JsonObject asked = new WatchLocks(request.name(), request.isPrefix(), next).toJson();
      return bus.call("watch", asked.put(Call.WAIT, POLL.toMillis()), Guard.NONE, POLL)
          .map(this::batch);
    }

    private Batch batch(JsonObject json) {
      long revision = json.getLong("revision");
      JsonArray events = json.getJsonArray("events");
      next = revision + 1;
      return new Batch(
          revision,
          events.stream().map(event -> LockEvent.from(Fields.of((JsonObject) event))).toList());
    }

    @Override
    public long told() {
      return next - 1;
    }

    @Override
    public void close() {}
  }
}
