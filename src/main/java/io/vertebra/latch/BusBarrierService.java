package io.vertebra.latch;

import io.vertebra.kv.Guard;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.time.Duration;

/**
 * The barriers of the cluster, called over the event bus. Who waits at one is counted as there
 * until its patience ends.
 */
public final class BusBarrierService implements BarrierService {
  private final BusService bus;

  public BusBarrierService(Vertx vertx) {
    this.bus = new BusService(vertx, BarrierApi.ADDRESS);
  }

  @Override
  public Future<BarrierPhase> arrive(Arrive request, Guard guard, Future<Void> gone) {
    return bus.call("arrive", request.toJson(), guard, request.patience()).map(BarrierPhase::from);
  }

  @Override
  public Future<BarrierState> show(String name) {
    return bus.call("show", named(name), Guard.NONE, Duration.ZERO).map(BarrierState::from);
  }

  @Override
  public Future<Boolean> remove(String name, Guard guard) {
    return bus.call("remove", named(name), guard, Duration.ZERO)
        .map(json -> json.getBoolean("removed"));
  }

  private static JsonObject named(String name) {
    return new JsonObject().put("name", name);
  }
}
