package io.vertebra.limiter;

import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;

final class LimiterHttpApiTest extends LimiterApiContract {

  @Override
  Future<JsonObject> call(String action, JsonObject request) {
    return rig.node.callByHttp("limiter." + action, request);
  }
}
