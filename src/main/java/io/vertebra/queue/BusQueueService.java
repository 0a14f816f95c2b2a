package io.vertebra.queue;

import io.vertebra.api.Failure;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.Message;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.eventbus.ReplyFailure;
import io.vertx.core.json.JsonObject;
import java.time.Duration;

/** The queues of a cluster, called over the event bus. */
public final class BusQueueService extends JsonQueueService {
  private static final Duration WAY = Duration.ofSeconds(15);
  private static final String ADDRESS = "vertebra.";

  private final Vertx vertx;
  private final String address;

  /** Calls any node that has queues. */
  public BusQueueService(Vertx vertx) {
    this(vertx, ADDRESS + QueueApi.CONCERN);
  }

  private BusQueueService(Vertx vertx, String address) {
    this.vertx = vertx;
    this.address = address;
  }

  /** Calls the owner, if that is this node. */
  static BusQueueService owner(Vertx vertx, String node) {
    return new BusQueueService(vertx, ADDRESS + QueueApi.OWNER + "." + node);
  }

  @Override
  Future<JsonObject> call(String action, JsonObject request, Duration patience) {
    DeliveryOptions options =
        new DeliveryOptions()
            .addHeader("action", action)
            .setSendTimeout(patience.plus(WAY).toMillis());
    return vertx
        .eventBus()
        .<JsonObject>request(address, request, options)
        .map(Message::body)
        .recover(cause -> Future.failedFuture(failure(cause)));
  }

  /** Where nobody hears, nothing was done. */
  private static Failure failure(Throwable cause) {
    return cause instanceof ReplyException reply && reply.failureType() == ReplyFailure.NO_HANDLERS
        ? CommitJob.moved()
        : Failure.of(cause);
  }
}
