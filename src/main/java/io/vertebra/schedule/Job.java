package io.vertebra.schedule;

import io.vertebra.schedule.cron.Once;
import io.vertebra.schedule.cron.Timetable;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.Optional;

/**
 * A schedule as it is kept.
 *
 * @param definition without a secret
 * @param timetable of the definition, without what the calendars exclude that it names
 * @param sealedSecret the secret with which HTTP calls are signed, encrypted; empty if they are not
 * @param since nothing is due whose time is not after this one: when the timetable was written
 * @param watchedSince when it was written or last resumed, from which on a success is expected
 */
public record Job(
    String name,
    Definition definition,
    Timetable timetable,
    Optional<String> sealedSecret,
    boolean paused,
    Instant since,
    Instant watchedSince) {

  /** A new one, at work from {@code now} on. */
  static Job of(String name, Definition definition, Instant now) {
    Instant since = beginning(definition, now);
    return new Job(name, definition, definition.timetable(), Optional.empty(), false, since, now);
  }

  /** The same with another definition; what is due counts anew if the timetable changes. */
  Job with(Definition changed, Instant now) {
    boolean same =
        changed.timetable().toJson().equals(definition.timetable().toJson())
            && changed.calendars().equals(definition.calendars());
    Instant from = same ? since : beginning(changed, now);
    Optional<String> kept =
        changed.target().sharesSecret(definition.target()) ? sealedSecret : Optional.empty();
    return new Job(name, changed, changed.timetable(), kept, paused, from, watchedSince);
  }

  /** The same without what the calendars exclude that it names, as of their last change. */
  Job without(Calendars calendars) {
    Timetable rest = calendars.applied(definition);
    Instant from = Due.latest(since, calendars.since(definition));
    return new Job(name, definition, rest, sealedSecret, paused, from, watchedSince);
  }

  /** A single time that is just now is yet to come; any other timetable has its next one. */
  private static Instant beginning(Definition definition, Instant now) {
    return definition.timetable() instanceof Once ? now.minusMillis(1) : now;
  }

  Job paused(boolean wanted, Instant now) {
    Instant watched = paused && !wanted ? now : watchedSince;
    return new Job(name, definition, timetable, sealedSecret, wanted, since, watched);
  }

  /** The same with its secret apart. */
  Job sealing(Definition bare, String secret) {
    return new Job(name, bare, timetable, Optional.of(secret), paused, since, watchedSince);
  }

  JsonObject toStored() {
    JsonObject json =
        new JsonObject()
            .put("definition", definition.toJson())
            .put("paused", paused)
            .put("since", since.toString())
            .put("watchedSince", watchedSince.toString());
    sealedSecret.ifPresent(secret -> json.put("sealed", secret));
    return json;
  }

  static Job fromStored(String name, JsonObject json) {
    Instant since = Instant.parse(json.getString("since"));
    Definition definition = Definition.known(json.getJsonObject("definition"), since);
    return new Job(
        name,
        definition,
        definition.timetable(),
        Optional.ofNullable(json.getString("sealed")),
        json.getBoolean("paused"),
        since,
        Instant.parse(json.getString("watchedSince")));
  }
}
