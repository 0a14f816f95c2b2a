package io.vertebra.counter;

import io.vertx.core.json.JsonObject;

/**
 * A counter at some moment.
 *
 * @param shards how many keys share its load; 1 for an ordinary one
 * @param revision of its last change; of a counter of several shards, of the store when it was read
 */
public record Counter(String name, long value, int shards, long revision) {

  JsonObject toJson() {
    return new JsonObject()
        .put("name", name)
        .put("value", value)
        .put("shards", shards)
        .put("revision", revision);
  }

  static Counter from(JsonObject json) {
    return new Counter(
        json.getString("name"),
        json.getLong("value"),
        json.getInteger("shards"),
        json.getLong("revision"));
  }
}
