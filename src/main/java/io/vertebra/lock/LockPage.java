package io.vertebra.lock;

import io.vertebra.api.Fields;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;

/**
 * A part of the list of locks.
 *
 * @param cursor where the next part begins; empty at the end
 */
public record LockPage(List<LockState> items, String cursor) {

  public LockPage {
    items = List.copyOf(items);
  }

  static LockPage from(JsonObject json) {
    List<LockState> items =
        json.getJsonArray("items").stream()
            .map(item -> LockState.from(Fields.of((JsonObject) item)))
            .toList();
    return new LockPage(items, json.getString("cursor", ""));
  }

  JsonObject toJson() {
    JsonArray array = new JsonArray();
    items.forEach(item -> array.add(item.toJson()));
    JsonObject json = new JsonObject().put("items", array);
    return cursor.isEmpty() ? json : json.put("cursor", cursor);
  }
}
