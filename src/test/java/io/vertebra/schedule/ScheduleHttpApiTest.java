package io.vertebra.schedule;

import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;

final class ScheduleHttpApiTest extends ScheduleApiContract {

  @Override
  Future<JsonObject> call(String action, JsonObject request) {
    return node.callByHttp("schedule." + action, request);
  }
}
