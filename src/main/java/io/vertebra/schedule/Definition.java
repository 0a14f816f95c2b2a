package io.vertebra.schedule;

import io.vertebra.api.Failure;
import io.vertebra.api.Fields;
import io.vertebra.schedule.cron.CronTimetable;
import io.vertebra.schedule.cron.Timetable;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * What a schedule is to do, as people write it.
 *
 * @param jitter most by which an occurrence is fired later than its time, so that not all come at
 *     once; always the same for the same occurrence; JSON {@code jitterMs}, 0 to 1 h
 * @param shards how many runs an occurrence has, 1 to 64; each is told its number and how many
 * @param deadMan after how long without a success there is an alarm; JSON {@code deadManMs}, 1 s to
 *     400 days; none if absent
 * @param calendars names of calendars whose times it does not fire at, at most 4; with cron only
 */
public record Definition(
    Timetable timetable,
    Target target,
    Payload payload,
    Retries retries,
    Overlap overlap,
    Misfire misfire,
    Duration jitter,
    int shards,
    Optional<Duration> deadMan,
    List<String> calendars) {
  static final int MAX_CALENDARS = 4;
  public static final int MAX_SHARDS = 64;

  public Definition {
    calendars = List.copyOf(calendars);
    if (!calendars.isEmpty() && !(timetable instanceof CronTimetable)) {
      throw Failure.invalid("/calendars", "go with cron only");
    }
    if (target instanceof Target.Http http && http.method().equals("GET")) {
      if (!payload.bytes().isEmpty()) {
        throw Failure.invalid("/payload", "does not go with the method GET");
      }
    }
    if (target instanceof Target.Task && !payload.isJson() && !payload.bytes().isEmpty()) {
      throw Failure.invalid("/payloadBytes", "do not go with a task");
    }
  }

  /**
   * Reads one.
   *
   * @param now what {@code afterMs} counts from
   */
  static Definition from(Fields fields, Instant now) {
    Supplier<Definition> definition = reading(fields, now);
    return fields.build(definition);
  }

  /** One that was kept or answered by a node, be that of an earlier version. */
  static Definition known(JsonObject json, Instant since) {
    return from(Fields.of(Target.withoutRefused(json)), since);
  }

  static Supplier<Definition> reading(Fields fields, Instant now) {
    Timetable timetable =
        fields
            .object("timetable", inner -> Timetable.from(inner, now))
            .about("When it fires.")
            .required();
    Target target = fields.object("target", Target::from).about("What it calls.").required();
    Supplier<Payload> payload = Payload.reading(fields);
    Retries retries = fields.section("retries", Retries::from);
    Overlap overlap =
        fields
            .choice("overlap", Overlap.class)
            .about("What becomes of an occurrence while an earlier one runs.")
            .orElse(Overlap.SKIP);
    Misfire misfire = fields.section("misfire", Misfire::from);
    Duration jitter =
        fields.millis("jitterMs", 0, 3_600_000).about("Spreads firings.").orElse(Duration.ZERO);
    int shards =
        fields.integer("shards", 1, MAX_SHARDS).about("Runs of each occurrence.").orElse(1);
    Optional<Duration> deadMan =
        fields
            .millis("deadManMs", 1_000, Duration.ofDays(400).toMillis())
            .about("Alarms when no run succeeded for so long.")
            .optional();
    List<String> calendars =
        fields
            .texts("calendars", MAX_CALENDARS, 200)
            .about("Names of calendars at whose times it does not fire.")
            .orElse(List.of());
    return () ->
        new Definition(
            timetable,
            target,
            payload.get(),
            retries,
            overlap,
            misfire,
            jitter,
            shards,
            deadMan,
            calendars);
  }

  /** The same with another target. */
  Definition with(Target other) {
    return new Definition(
        timetable, other, payload, retries, overlap, misfire, jitter, shards, deadMan, calendars);
  }

  /** As {@link #from} reads it, with its secret: what is sent to be written. */
  JsonObject toRequest() {
    JsonObject json = toJson();
    if (target instanceof Target.Http http) {
      http.secret()
          .ifPresent(
              secret -> json.getJsonObject("target").getJsonObject("http").put("secret", secret));
    }
    return json;
  }

  /** As {@link #from} reads it, without secrets. */
  JsonObject toJson() {
    JsonObject json =
        new JsonObject().put("timetable", timetable.toJson()).put("target", target.toJson());
    payload.writeTo(json);
    json.put("retries", retries.toJson())
        .put("overlap", Fields.word(overlap))
        .put("misfire", misfire.toJson())
        .put("jitterMs", jitter.toMillis())
        .put("shards", shards);
    deadMan.ifPresent(time -> json.put("deadManMs", time.toMillis()));
    return json.put("calendars", new JsonArray(calendars));
  }
}
