package io.vertebra.idempotency;

import io.vertebra.kv.BusCallService;
import io.vertebra.kv.Guard;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;

/** Work done once in a cluster, asked for over the event bus. */
public final class BusIdempotencyService implements IdempotencyService {
  private final BusCallService bus;

  public BusIdempotencyService(Vertx vertx) {
    this.bus = new BusCallService(vertx, IdempotencyApi.ADDRESS);
  }

  @Override
  public Future<Standing> begin(BeginWork request, Guard guard) {
    return bus.call("begin", request.toJson(), guard).map(Standing::from);
  }

  @Override
  public Future<Void> complete(CompleteWork request, Guard guard) {
    return bus.call("complete", request.toJson(), guard).mapEmpty();
  }

  @Override
  public Future<Boolean> abort(Held request, Guard guard) {
    return bus.call("abort", request.toJson(), guard).map(json -> json.getBoolean("aborted"));
  }

  @Override
  public Future<Duration> extend(Held request) {
    return bus.call("extend", request.toJson(), Guard.NONE)
        .map(json -> Duration.ofMillis(json.getLong("expiresInMs")));
  }

  @Override
  public Future<Standing> status(Subject subject) {
    return bus.call("status", subject.toJson(), Guard.NONE).map(Standing::from);
  }
}
