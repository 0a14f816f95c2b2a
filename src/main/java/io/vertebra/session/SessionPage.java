package io.vertebra.session;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Optional;

/**
 * A part of a list of sessions.
 *
 * @param cursor where the next part begins; empty at the end
 */
public record SessionPage(List<SessionSummary> items, Optional<String> cursor) {

  public SessionPage {
    items = List.copyOf(items);
  }

  JsonObject toJson() {
    JsonArray array = new JsonArray();
    items.forEach(item -> array.add(item.toJson()));
    JsonObject json = new JsonObject().put("items", array);
    cursor.ifPresent(text -> json.put("cursor", text));
    return json;
  }

  static SessionPage from(JsonObject json) {
    return new SessionPage(
        json.getJsonArray("items").stream()
            .map(item -> SessionSummary.from((JsonObject) item))
            .toList(),
        Optional.ofNullable(json.getString("cursor")));
  }
}
