package io.vertebra.latch;

import io.vertx.core.json.JsonObject;

/**
 * A barrier at one moment.
 *
 * @param phase the present one, that has not ended
 * @param arrived how many are there
 */
public record BarrierState(BarrierPhase phase, int arrived) {

  JsonObject toJson() {
    return phase.toJson().put("arrived", arrived);
  }

  static BarrierState from(JsonObject json) {
    return new BarrierState(BarrierPhase.from(json), json.getInteger("arrived"));
  }
}
