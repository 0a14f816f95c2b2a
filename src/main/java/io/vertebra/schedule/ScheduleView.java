package io.vertebra.schedule;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A schedule with what it is at, as callers are told it.
 *
 * @param revision of the definition's last write
 * @param definition without its secret, which a put without one keeps; JSON {@code value}
 * @param alarmed whether it is too long without a success
 * @param next the next time that is not decided; none while a fixed delay waits for a run
 * @param runs that have not ended
 */
public record ScheduleView(
    String name,
    long revision,
    Definition definition,
    boolean paused,
    boolean alarmed,
    Optional<Instant> next,
    Optional<Instant> lastSuccess,
    List<RunView> runs) {

  public ScheduleView {
    runs = List.copyOf(runs);
  }

  static ScheduleView of(Job job, long revision, JobState state) {
    return new ScheduleView(
        job.name(),
        revision,
        job.definition(),
        job.paused(),
        state.alarmed(),
        Due.next(job, state),
        Optional.of(state.lastSuccess()).filter(time -> time.isAfter(Instant.EPOCH)),
        state.runs().stream().map(run -> RunView.of(job.name(), run)).toList());
  }

  JsonObject toJson() {
    JsonObject json =
        new JsonObject()
            .put("name", name)
            .put("revision", revision)
            .put("value", definition.toJson())
            .put("paused", paused)
            .put("alarmed", alarmed);
    next.ifPresent(time -> json.put("next", time.toString()));
    lastSuccess.ifPresent(time -> json.put("lastSuccess", time.toString()));
    return json.put("runs", new JsonArray(runs.stream().map(RunView::toJson).toList()));
  }

  static ScheduleView from(JsonObject json) {
    return new ScheduleView(
        json.getString("name"),
        json.getLong("revision"),
        Definition.known(json.getJsonObject("value"), Instant.EPOCH),
        json.getBoolean("paused"),
        json.getBoolean("alarmed"),
        Optional.ofNullable(json.getString("next")).map(Instant::parse),
        Optional.ofNullable(json.getString("lastSuccess")).map(Instant::parse),
        json.getJsonArray("runs").stream().map(run -> RunView.from((JsonObject) run)).toList());
  }
}
