package io.vertebra.task;

import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;

final class TaskHttpApiTest extends TaskApiContract {

  @Override
  Future<JsonObject> call(String action, JsonObject request) {
    return rig.node.callByHttp("task." + action, request);
  }
}
