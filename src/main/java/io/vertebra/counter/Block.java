package io.vertebra.counter;

import io.vertx.core.json.JsonObject;

/**
 * Numbers that nobody else was given: {@code first} to {@code last}.
 *
 * @param first at least 1
 * @param last greater than all that were given out of the sequence before
 * @param replayed whether this is the answer to an earlier request of the same idempotency key
 */
public record Block(String name, long first, long last, long revision, boolean replayed) {

  JsonObject toJson() {
    return new JsonObject()
        .put("name", name)
        .put("first", first)
        .put("last", last)
        .put("revision", revision)
        .put("replayed", replayed);
  }

  static Block from(JsonObject json) {
    return new Block(
        json.getString("name"),
        json.getLong("first"),
        json.getLong("last"),
        json.getLong("revision"),
        json.getBoolean("replayed"));
  }
}
