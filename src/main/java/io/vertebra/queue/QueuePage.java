package io.vertebra.queue;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Optional;

/**
 * A part of the queues.
 *
 * @param cursor with which to ask for the next part; empty if this is the last
 */
public record QueuePage(List<QueueView> items, Optional<String> cursor) {

  public QueuePage {
    items = List.copyOf(items);
  }

  JsonObject toJson() {
    JsonObject json =
        new JsonObject()
            .put("items", new JsonArray(items.stream().map(QueueView::toJson).toList()));
    cursor.ifPresent(last -> json.put("cursor", last));
    return json;
  }

  static QueuePage from(JsonObject json) {
    return new QueuePage(
        json.getJsonArray("items").stream().map(item -> QueueView.from((JsonObject) item)).toList(),
        Optional.ofNullable(json.getString("cursor")));
  }
}
