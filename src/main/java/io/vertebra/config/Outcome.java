package io.vertebra.config;

import io.vertx.core.json.JsonObject;

/**
 * What came of a change.
 *
 * @param revision of the namespace after it
 * @param replayed whether it was done by an earlier request of the same idempotency key
 */
public record Outcome(String namespace, long revision, boolean replayed) {
  JsonObject toJson() {
    return new JsonObject()
        .put("namespace", namespace)
        .put("revision", revision)
        .put("replayed", replayed);
  }

  static Outcome from(JsonObject json) {
    return new Outcome(
        json.getString("namespace"), json.getLong("revision"), json.getBoolean("replayed"));
  }
}
