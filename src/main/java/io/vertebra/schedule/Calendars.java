package io.vertebra.schedule;

import io.vertebra.api.Failure;
import io.vertebra.schedule.cron.Calendar;
import io.vertebra.schedule.cron.CronTimetable;
import io.vertebra.schedule.cron.Timetable;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * The calendars that definitions name.
 *
 * @param known by name, each with the revision of its last write
 */
record Calendars(Map<String, Kept> known) {
  static final Calendars NONE = new Calendars(Map.of());

  Calendars {
    known = Map.copyOf(known);
  }

  /**
   * A calendar as it is kept.
   *
   * @param since when it was last written
   */
  record Kept(Calendar calendar, long revision, Instant since) {}

  /** The time from which on all are as they are that a definition names. */
  Instant since(Definition definition) {
    Instant latest = Instant.EPOCH;
    for (String name : definition.calendars()) {
      Kept kept = known.get(name);
      latest = kept == null ? latest : Due.latest(latest, kept.since());
    }
    return latest;
  }

  /** When it was last written; 0 if there is none of this name. */
  long revision(String name) {
    Kept kept = known.get(name);
    return kept == null ? 0 : kept.revision();
  }

  /** The timetable without what these exclude; those that are not there exclude nothing. */
  Timetable applied(Definition definition) {
    Timetable timetable = definition.timetable();
    Calendar all = Calendar.NONE;
    for (String name : definition.calendars()) {
      Kept kept = known.get(name);
      all = kept == null ? all : all.with(kept.calendar());
    }
    return timetable instanceof CronTimetable cron && !definition.calendars().isEmpty()
        ? cron.with(cron.calendar().with(all))
        : timetable;
  }

  /** These; {@code INVALID} if one of the names is of none of them. */
  Calendars require(List<String> names) {
    for (String name : names) {
      if (!known.containsKey(name)) {
        throw Failure.invalid("/calendars", "must name calendars; there is no " + name);
      }
    }
    return this;
  }
}
