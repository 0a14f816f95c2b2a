package io.vertebra.session;

import io.vertx.core.json.JsonObject;

/**
 * What a change did.
 *
 * @param revision of the session after it
 * @param replayed whether an earlier request of the same idempotency key did it
 */
public record ChangedSession(String handle, long revision, boolean replayed) {

  JsonObject toJson() {
    return new JsonObject()
        .put("handle", handle)
        .put("revision", revision)
        .put("replayed", replayed);
  }

  static ChangedSession from(JsonObject json) {
    return new ChangedSession(
        json.getString("handle"), json.getLong("revision"), json.getBoolean("replayed"));
  }
}
