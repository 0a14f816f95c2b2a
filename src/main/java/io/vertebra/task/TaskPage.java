package io.vertebra.task;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Optional;

/**
 * A part of the tasks, which may be short or empty though others follow.
 *
 * @param cursor with which to ask for the next part; empty if this is the last
 */
public record TaskPage(List<Task> items, Optional<String> cursor) {

  public TaskPage {
    items = List.copyOf(items);
  }

  JsonObject toJson() {
    JsonObject json =
        new JsonObject().put("items", new JsonArray(items.stream().map(Task::toJson).toList()));
    cursor.ifPresent(last -> json.put("cursor", last));
    return json;
  }

  static TaskPage from(JsonObject json) {
    return new TaskPage(
        json.getJsonArray("items").stream().map(item -> Task.from((JsonObject) item)).toList(),
        Optional.ofNullable(json.getString("cursor")));
  }
}
