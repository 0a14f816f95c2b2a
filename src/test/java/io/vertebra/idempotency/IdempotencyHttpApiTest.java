package io.vertebra.idempotency;

import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;

final class IdempotencyHttpApiTest extends IdempotencyApiContract {

  @Override
  Future<JsonObject> call(String action, JsonObject request) {
    return node.callByHttp("idempotency." + action, request);
  }
}
