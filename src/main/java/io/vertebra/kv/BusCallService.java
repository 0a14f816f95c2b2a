package io.vertebra.kv;

import io.vertebra.api.BusDoor;
import io.vertebra.api.Failure;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.Message;
import io.vertx.core.json.JsonObject;
import java.time.Duration;

/** Calls the operations of a concern over the event bus; fails with {@link Failure}s. */
public final class BusCallService {
  private static final Duration WAY = Duration.ofSeconds(10);

  private final Vertx vertx;
  private final String address;

  /**
   * @param address of the concern
   */
  public BusCallService(Vertx vertx, String address) {
    this.vertx = vertx;
    this.address = address;
  }

  /** Asks. */
  public Future<JsonObject> call(String action, JsonObject request) {
    return call(action, request, Guard.NONE, Duration.ZERO);
  }

  /** Writes under a guard. */
  public Future<JsonObject> call(String action, JsonObject request, Guard guard) {
    return call(action, request, guard, Duration.ZERO);
  }

  /**
   * Asks for what may take its time.
   *
   * @param patience how long the operation may wait
   */
  public Future<JsonObject> call(
      String action, JsonObject request, Guard guard, Duration patience) {
    DeliveryOptions options =
        new DeliveryOptions()
            .addHeader("action", action)
            .setSendTimeout(patience.plus(WAY).toMillis());
    guard
        .fence()
        .ifPresent(held -> options.addHeader(BusDoor.FENCE, held.lock() + "@" + held.token()));
    if (!guard.idempotencyKey().isEmpty()) {
      options.addHeader(BusDoor.IDEMPOTENCY_KEY, guard.idempotencyKey());
    }
    return vertx
        .eventBus()
        .<JsonObject>request(address, request, options)
        .map(Message::body)
        .recover(cause -> Future.failedFuture(Failure.of(cause)));
  }
}
