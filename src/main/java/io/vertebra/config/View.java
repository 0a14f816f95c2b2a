package io.vertebra.config;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;

/**
 * The keys of a namespace as a reader sees them, in order.
 *
 * @param revision of the namespace
 */
public record View(String namespace, long revision, List<Item> items) {

  public View {
    items = List.copyOf(items);
  }

  JsonObject toJson() {
    JsonArray array = new JsonArray();
    items.forEach(item -> array.add(item.toJson()));
    return new JsonObject()
        .put("namespace", namespace)
        .put("revision", revision)
        .put("items", array);
  }

  static View from(JsonObject json) {
    return new View(
        json.getString("namespace"),
        json.getLong("revision"),
        json.getJsonArray("items").stream().map(each -> Item.from((JsonObject) each)).toList());
  }
}
