package io.vertebra.config;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;

/**
 * What changed for a watcher.
 *
 * @param revision up to which all has been told
 * @param items what keys hold now
 * @param removed keys that are not there any more
 */
public record ConfigBatch(String namespace, long revision, List<Item> items, List<String> removed) {

  public ConfigBatch {
    items = List.copyOf(items);
    removed = List.copyOf(removed);
  }

  boolean isEmpty() {
    return items.isEmpty() && removed.isEmpty();
  }

  JsonObject toJson() {
    JsonArray changes = new JsonArray();
    items.forEach(item -> changes.add(item.toJson().put("change", "put")));
    removed.forEach(key -> changes.add(new JsonObject().put("key", key).put("change", "delete")));
    return new JsonObject()
        .put("namespace", namespace)
        .put("revision", revision)
        .put("changes", changes);
  }

  static ConfigBatch from(JsonObject json) {
    List<Item> items = new ArrayList<>();
    List<String> removed = new ArrayList<>();
    for (Object each : json.getJsonArray("changes")) {
      JsonObject change = (JsonObject) each;
      if (change.getString("change").equals("put")) {
        items.add(Item.from(change));
      } else {
        removed.add(change.getString("key"));
      }
    }
    return new ConfigBatch(json.getString("namespace"), json.getLong("revision"), items, removed);
  }
}
