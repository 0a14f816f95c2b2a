package io.vertebra.http;

import io.vertebra.api.Call;
import io.vertebra.api.Failure;
import io.vertebra.api.FailureCode;
import io.vertebra.api.Interceptor;
import io.vertebra.api.Lifecycle;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

/**
 * Bounds the operations under way over the bus, and refuses new ones while the node drains. What
 * comes over HTTP passes: its listener has admitted and counted it, and what was admitted is done.
 */
public final class AdmissionInterceptor implements Interceptor {
  private final Lifecycle lifecycle;
  private final int maxInFlight;
  private final AtomicInteger inFlight = new AtomicInteger();

  /**
   * Admits while {@code lifecycle} is not draining.
   *
   * @param maxInFlight operations under way over the bus at once
   */
  public AdmissionInterceptor(Lifecycle lifecycle, int maxInFlight) {
    this.lifecycle = lifecycle;
    this.maxInFlight = maxInFlight;
  }

  @Override
  public Future<JsonObject> intercept(Call call, Function<Call, Future<JsonObject>> next) {
    if (call.transport() == Call.Transport.HTTP) {
      return next.apply(call);
    }
    if (lifecycle.stage() == Lifecycle.Stage.DRAINING) {
      return Failure.future(FailureCode.UNAVAILABLE, "this node is stopping");
    }
    if (inFlight.incrementAndGet() > maxInFlight) {
      inFlight.decrementAndGet();
      return Failure.future(FailureCode.UNAVAILABLE, "this node has too many operations under way");
    }
    lifecycle.begin();
    return Future.succeededFuture(call)
        .compose(next)
        .onComplete(
            result -> {
              inFlight.decrementAndGet();
              lifecycle.end();
            });
  }
}
