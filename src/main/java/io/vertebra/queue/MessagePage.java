package io.vertebra.queue;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Optional;

/**
 * Messages that were looked at.
 *
 * @param next the id from which to go on; empty if these are the last
 */
public record MessagePage(List<Message> items, Optional<String> next) {

  public MessagePage {
    items = List.copyOf(items);
  }

  JsonObject toJson() {
    JsonObject json =
        new JsonObject().put("items", new JsonArray(items.stream().map(Message::toJson).toList()));
    next.ifPresent(id -> json.put("next", id));
    return json;
  }

  static MessagePage from(JsonObject json) {
    return new MessagePage(
        json.getJsonArray("items").stream().map(item -> Message.from((JsonObject) item)).toList(),
        Optional.ofNullable(json.getString("next")));
  }
}
