package io.vertebra.config;

import io.vertx.core.json.JsonObject;

/**
 * A request that was done under an idempotency key.
 *
 * @param fingerprint of the request
 * @param revision that it made
 */
record Done(String key, String fingerprint, long revision) {
  JsonObject toJson() {
    return new JsonObject()
        .put("key", key)
        .put("fingerprint", fingerprint)
        .put("revision", revision);
  }

  static Done from(JsonObject json) {
    return new Done(json.getString("key"), json.getString("fingerprint"), json.getLong("revision"));
  }
}
