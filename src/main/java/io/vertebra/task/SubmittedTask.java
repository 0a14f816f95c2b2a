package io.vertebra.task;

import io.vertx.core.json.JsonObject;

/**
 * A task that was accepted.
 *
 * @param duplicate whether one of its id was there before, and nothing was added
 */
public record SubmittedTask(Task task, boolean duplicate) {

  JsonObject toJson() {
    return task.toJson().put("duplicate", duplicate);
  }

  static SubmittedTask from(JsonObject json) {
    return new SubmittedTask(Task.from(json), json.getBoolean("duplicate"));
  }
}
