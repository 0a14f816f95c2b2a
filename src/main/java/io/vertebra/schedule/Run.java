package io.vertebra.schedule;

import io.vertebra.api.Fields;
import io.vertx.core.json.JsonObject;
import java.time.Instant;

/**
 * A run that has not ended.
 *
 * @param shards how many its occurrence has
 * @param attempts begun, the present one included; 0 of one that is queued
 * @param firedAt when the first attempt was to begin; when it was queued, of one that is
 * @param retryAt when it is tried again, if it is {@link Phase#RETRYING}
 */
record Run(
    Instant nominal,
    int shard,
    int shards,
    Cause cause,
    Phase phase,
    int attempts,
    Instant firedAt,
    Instant retryAt) {

  static Run queued(Instant nominal, int shard, int shards, Cause cause, Instant now) {
    return new Run(nominal, shard, shards, cause, Phase.QUEUED, 0, now, Instant.EPOCH);
  }

  Run started(Instant now) {
    return new Run(nominal, shard, shards, cause, Phase.RUNNING, 1, now, Instant.EPOCH);
  }

  Run retryingAt(Instant time) {
    return new Run(nominal, shard, shards, cause, Phase.RETRYING, attempts, firedAt, time);
  }

  Run tried() {
    int next = attempts + 1;
    return new Run(nominal, shard, shards, cause, Phase.RUNNING, next, firedAt, Instant.EPOCH);
  }

  boolean is(Phase wanted) {
    return phase == wanted;
  }

  /** Whether it has begun. */
  boolean isActive() {
    return phase != Phase.QUEUED;
  }

  Occurrence occurrence(String schedule) {
    return new Occurrence(schedule, nominal, shard, shards);
  }

  JsonObject toJson() {
    return new JsonObject()
        .put("nominal", nominal.toString())
        .put("shard", shard)
        .put("shards", shards)
        .put("cause", Fields.word(cause))
        .put("phase", Fields.word(phase))
        .put("attempts", attempts)
        .put("firedAt", firedAt.toString())
        .put("retryAt", retryAt.toString());
  }

  static Run from(JsonObject json) {
    return new Run(
        Instant.parse(json.getString("nominal")),
        json.getInteger("shard"),
        json.getInteger("shards"),
        Words.constant(Cause.class, json.getString("cause")),
        Words.constant(Phase.class, json.getString("phase")),
        json.getInteger("attempts"),
        Instant.parse(json.getString("firedAt")),
        Instant.parse(json.getString("retryAt")));
  }
}
