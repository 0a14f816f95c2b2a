package io.vertebra.latch;

import io.vertx.core.json.JsonObject;

/**
 * A latch.
 *
 * @param count participants it takes to open it
 * @param remaining those that have not counted down, at least 0
 */
public record LatchState(String name, int count, int remaining) {

  public boolean isOpen() {
    return remaining == 0;
  }

  static LatchState from(JsonObject json) {
    return new LatchState(
        json.getString("name"), json.getInteger("count"), json.getInteger("remaining"));
  }

  JsonObject toJson() {
    return new JsonObject()
        .put("name", name)
        .put("count", count)
        .put("remaining", remaining)
        .put("open", isOpen());
  }
}
