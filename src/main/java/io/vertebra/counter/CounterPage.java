package io.vertebra.counter;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Optional;

/**
 * A part of a list of counters.
 *
 * @param cursor where the next part begins; empty at the end
 * @param revision of the store when this was read
 */
public record CounterPage(List<Counter> items, Optional<String> cursor, long revision) {

  public CounterPage {
    items = List.copyOf(items);
  }

  JsonObject toJson() {
    JsonArray array = new JsonArray();
    items.forEach(item -> array.add(item.toJson()));
    JsonObject json = new JsonObject().put("items", array).put("revision", revision);
    cursor.ifPresent(text -> json.put("cursor", text));
    return json;
  }

  static CounterPage from(JsonObject json) {
    return new CounterPage(
        json.getJsonArray("items").stream().map(item -> Counter.from((JsonObject) item)).toList(),
        Optional.ofNullable(json.getString("cursor")),
        json.getLong("revision"));
  }
}
