package io.vertebra.counter;

import io.vertx.core.json.JsonObject;
import java.util.OptionalLong;

/**
 * What an add did.
 *
 * @param value the counter right after it; empty for one of several shards, whose sum is not read
 * @param revision of the store
 * @param replayed whether this is the answer to an earlier add of the same idempotency key
 */
public record Added(String name, OptionalLong value, long revision, boolean replayed) {

  JsonObject toJson() {
    JsonObject json = new JsonObject().put("name", name);
    value.ifPresent(number -> json.put("value", number));
    return json.put("revision", revision).put("replayed", replayed);
  }

  static Added from(JsonObject json) {
    Long value = json.getLong("value");
    return new Added(
        json.getString("name"),
        value == null ? OptionalLong.empty() : OptionalLong.of(value),
        json.getLong("revision"),
        json.getBoolean("replayed"));
  }
}
