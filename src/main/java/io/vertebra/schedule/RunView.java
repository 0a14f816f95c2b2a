package io.vertebra.schedule;

import io.vertebra.api.Fields;
import io.vertx.core.json.JsonObject;
import java.time.Instant;

/**
 * A run that has not ended, as callers are told it.
 *
 * @param occurrence its id
 * @param attempts begun, the present one included; 0 of one that is queued
 * @param firedAt when the first attempt began; when it was queued, of one that is
 */
public record RunView(String occurrence, Phase phase, Cause cause, int attempts, Instant firedAt) {

  static RunView of(String schedule, Run run) {
    return new RunView(
        run.occurrence(schedule).id(), run.phase(), run.cause(), run.attempts(), run.firedAt());
  }

  JsonObject toJson() {
    return new JsonObject()
        .put("occurrence", occurrence)
        .put("phase", Fields.word(phase))
        .put("cause", Fields.word(cause))
        .put("attempts", attempts)
        .put("firedAt", firedAt.toString());
  }

  static RunView from(JsonObject json) {
    return new RunView(
        json.getString("occurrence"),
        Words.constant(Phase.class, json.getString("phase")),
        Words.constant(Cause.class, json.getString("cause")),
        json.getInteger("attempts"),
        Instant.parse(json.getString("firedAt")));
  }
}
