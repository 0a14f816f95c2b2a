package io.vertebra.latch;

import io.vertebra.kv.Guard;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.time.Duration;

/** The latches of the cluster, called over the event bus; who waits does so to the end. */
public final class BusLatchService implements LatchService {
  private final BusService bus;

  public BusLatchService(Vertx vertx) {
    this.bus = new BusService(vertx, LatchApi.ADDRESS);
  }

  @Override
  public Future<LatchState> create(CreateLatch request, Guard guard) {
    return bus.call("create", request.toJson(), guard, Duration.ZERO).map(LatchState::from);
  }

  @Override
  public Future<LatchState> countDown(CountDown request, Guard guard) {
    return bus.call("count-down", request.toJson(), guard, Duration.ZERO).map(LatchState::from);
  }

  @Override
  public Future<LatchState> await(AwaitLatch request, Future<Void> gone) {
    return bus.call("await", request.toJson(), Guard.NONE, request.patience())
        .map(LatchState::from);
  }

  @Override
  public Future<Boolean> remove(String name, Guard guard) {
    return bus.call("remove", new JsonObject().put("name", name), guard, Duration.ZERO)
        .map(json -> json.getBoolean("removed"));
  }
}
