package io.vertebra.schedule;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.List;

/**
 * How far a schedule is. Only the node that leads changes it, each time in one transaction with
 * what that adds to the history.
 *
 * @param cursor every occurrence up to this time is decided: runs, ran, or will not
 * @param sequence how many results there were
 * @param runs that have not ended, in the order they were admitted
 * @param lastEnd of a run, the epoch if there was none
 * @param lastSuccess of a run, the epoch if there was none
 * @param alarmed whether it was told that no success came for too long
 */
record JobState(
    Instant cursor,
    long sequence,
    List<Run> runs,
    Instant lastEnd,
    Instant lastSuccess,
    boolean alarmed) {
  static final JobState NEW =
      new JobState(Instant.EPOCH, 0, List.of(), Instant.EPOCH, Instant.EPOCH, false);

  /** Most occurrences that wait. */
  static final int MAX_QUEUED = 100;

  /** Most runs, those that wait included, whatever their shards. */
  static final int MAX_RUNS = 1_000;

  JobState {
    runs = List.copyOf(runs);
  }

  JsonObject toJson() {
    return new JsonObject()
        .put("cursor", cursor.toString())
        .put("sequence", sequence)
        .put("runs", new JsonArray(runs.stream().map(Run::toJson).toList()))
        .put("lastEnd", lastEnd.toString())
        .put("lastSuccess", lastSuccess.toString())
        .put("alarmed", alarmed);
  }

  static JobState from(JsonObject json) {
    return new JobState(
        Instant.parse(json.getString("cursor")),
        json.getLong("sequence"),
        json.getJsonArray("runs").stream().map(run -> Run.from((JsonObject) run)).toList(),
        Instant.parse(json.getString("lastEnd")),
        Instant.parse(json.getString("lastSuccess")),
        json.getBoolean("alarmed"));
  }
}
