package io.vertebra.route;

import io.vertebra.api.BusDoor;
import io.vertebra.api.Call;
import io.vertebra.api.Door;
import io.vertebra.api.Operation;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.Message;
import io.vertx.core.json.JsonObject;
import java.util.function.Function;

final class RouteBusApiTest extends RouteApiContract {
  private Vertx vertx;

  @Override
  Door open(Vertx vertx, Function<Call, Future<JsonObject>> chain) {
    this.vertx = vertx;
    return new BusDoor(vertx, NODE, chain);
  }

  @Override
  Future<JsonObject> call(Operation<?> operation, JsonObject request) {
    DeliveryOptions action = new DeliveryOptions().addHeader("action", operation.action());
    return vertx
        .eventBus()
        .<JsonObject>request("vertebra.route", request, action)
        .map(Message::body);
  }
}
