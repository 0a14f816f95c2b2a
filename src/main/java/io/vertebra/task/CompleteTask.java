package io.vertebra.task;

import io.vertebra.api.Fields;
import io.vertx.core.json.JsonObject;
import java.util.Optional;

/**
 * Says that the work is done.
 *
 * @param result what came of it, at most 16 KiB
 */
public record CompleteTask(String id, String receipt, Optional<JsonObject> result) {
  static final int MAX_RESULT = 16_384;

  public CompleteTask {
    result = result.map(json -> TaskFields.bounded("/result", json, MAX_RESULT));
  }

  public static CompleteTask of(ClaimedTask task, JsonObject result) {
    return new CompleteTask(task.task().id(), task.receipt(), Optional.of(result));
  }

  static CompleteTask from(Fields fields) {
    String id = TaskFields.id(fields).required();
    String receipt = TaskFields.receipt(fields);
    Optional<JsonObject> result =
        fields.json("result").about("What came of it, at most 16 KiB.").optional();
    return fields.build(() -> new CompleteTask(id, receipt, result));
  }

  JsonObject toJson() {
    JsonObject json = new JsonObject().put("id", id).put("receipt", receipt);
    result.ifPresent(known -> json.put("result", known));
    return json;
  }
}
