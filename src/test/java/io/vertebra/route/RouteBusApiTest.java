package io.vertebra.route;

import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;

final class RouteBusApiTest extends RouteApiContract {

  @Override
  Future<JsonObject> call(String action, JsonObject request) {
    return node.callByBus("route." + action, request);
  }
}
