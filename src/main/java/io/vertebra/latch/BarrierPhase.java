package io.vertebra.latch;

import io.vertx.core.json.JsonObject;

/**
 * A phase of a barrier.
 *
 * @param phase its number, from 0
 * @param parties how many it takes to end it
 */
public record BarrierPhase(String name, long phase, int parties) {

  JsonObject toJson() {
    return new JsonObject().put("name", name).put("phase", phase).put("parties", parties);
  }

  static BarrierPhase from(JsonObject json) {
    return new BarrierPhase(
        json.getString("name"), json.getLong("phase"), json.getInteger("parties"));
  }
}
