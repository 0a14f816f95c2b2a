package io.vertebra.ids;

import io.vertebra.api.Failure;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.Message;
import io.vertx.core.json.JsonObject;
import java.util.List;

/** Ids of any node that issues them, asked for over the event bus. */
public final class BusIdService implements IdService {
  private final Vertx vertx;

  public BusIdService(Vertx vertx) {
    this.vertx = vertx;
  }

  @Override
  public Future<List<Long>> take(int count) {
    DeliveryOptions options = new DeliveryOptions().addHeader("action", "take");
    return vertx
        .eventBus()
        .<JsonObject>request(IdApi.ADDRESS, new JsonObject().put("count", count), options)
        .map(Message::body)
        .map(IdApi::ids)
        .recover(cause -> Future.failedFuture(Failure.of(cause)));
  }
}
