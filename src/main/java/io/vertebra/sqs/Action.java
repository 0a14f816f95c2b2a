package io.vertebra.sqs;

import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;

/** An action of SQS. */
@FunctionalInterface
interface Action {

  /** Answers; whatever is thrown or fails is told in the words of SQS. */
  Future<JsonObject> answer(Asked asked);
}
