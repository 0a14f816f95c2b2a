package io.vertebra.latch;

import io.vertebra.api.Failure;
import io.vertebra.kv.Guard;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.Message;
import io.vertx.core.json.JsonObject;
import java.time.Duration;

/** Calls the operations behind one address of the event bus. */
record BusService(Vertx vertx, String address) {
  private static final Duration WAY = Duration.ofSeconds(10);

  /**
   * Calls one.
   *
   * @param patience how long it may wait before it answers
   */
  Future<JsonObject> call(String action, JsonObject request, Guard guard, Duration patience) {
    guard.fence().ifPresent(held -> request.put("fence", held.lock() + "@" + held.token()));
    if (!guard.idempotencyKey().isEmpty()) {
      request.put("idempotencyKey", guard.idempotencyKey());
    }
    DeliveryOptions options =
        new DeliveryOptions()
            .addHeader("action", action)
            .setSendTimeout(patience.plus(WAY).toMillis());
    return vertx
        .eventBus()
        .<JsonObject>request(address, request, options)
        .map(Message::body)
        .recover(cause -> Future.failedFuture(Failure.of(cause)));
  }
}
