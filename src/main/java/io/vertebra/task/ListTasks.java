package io.vertebra.task;

import io.vertebra.api.Fields;
import io.vertx.core.json.JsonObject;
import java.util.Optional;

/**
 * Asks for tasks by id.
 *
 * @param type those of which are wanted; empty for all
 * @param cursor of the part before; empty for the first
 * @param limit most tasks, 1 to 200, default 100
 */
public record ListTasks(
    Optional<String> type, Optional<TaskState> state, String cursor, int limit) {

  /** The first ones. */
  public static ListTasks all() {
    return new ListTasks(Optional.empty(), Optional.empty(), "", 100);
  }

  static ListTasks from(Fields fields) {
    Optional<String> type = TaskFields.type(fields).optional();
    Optional<TaskState> state =
        fields.choice("state", TaskState.class).about("How far they are to be.").optional();
    String cursor =
        fields
            .text("cursor", 0, TaskFields.MAX_ID)
            .about("The cursor of the part before.")
            .orElse("");
    int limit = fields.integer("limit", 1, 200).about("Most wanted.").orElse(100);
    return fields.build(() -> new ListTasks(type, state, cursor, limit));
  }

  boolean wants(Task task) {
    return type.filter(wanted -> !wanted.equals(task.type())).isEmpty()
        && state.filter(wanted -> wanted != task.state()).isEmpty();
  }

  JsonObject toJson() {
    JsonObject json = new JsonObject().put("cursor", cursor).put("limit", limit);
    type.ifPresent(wanted -> json.put("type", wanted));
    state.ifPresent(wanted -> json.put("state", Fields.word(wanted)));
    return json;
  }
}
