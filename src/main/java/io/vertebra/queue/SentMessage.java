package io.vertebra.queue;

import io.vertx.core.json.JsonObject;

/**
 * A message that was taken.
 *
 * @param duplicate whether an earlier one of the same dedup id is meant, and nothing was added
 */
public record SentMessage(String id, boolean duplicate) {

  JsonObject toJson() {
    return new JsonObject().put("id", id).put("duplicate", duplicate);
  }

  static SentMessage from(JsonObject json) {
    return new SentMessage(json.getString("id"), json.getBoolean("duplicate"));
  }
}
