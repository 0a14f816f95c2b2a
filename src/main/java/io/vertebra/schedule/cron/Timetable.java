package io.vertebra.schedule.cron;

import io.vertebra.api.Fields;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** When something fires. Immutable; asks no clock. */
public sealed interface Timetable permits CronTimetable, FixedRate, FixedDelay, Once {

  /**
   * The first firing after {@code after}, exclusive, or none, ever. Of a {@link FixedDelay}, {@code
   * after} is the end of the last run.
   */
  Optional<Firing> next(Instant after);

  /**
   * What is named but does not fire, from {@code from}, exclusive, to {@code to}, inclusive, by its
   * nominal time; none for timetables without local times.
   *
   * @param limit most to find; no more than {@value CronTimetable#MOST_LOOKED_AT} nominal times are
   *     looked at
   */
  default List<Skipped> skipped(Instant from, Instant to, int limit) {
    return List.of();
  }

  /** As {@link #from} reads it. */
  JsonObject toJson();

  /**
   * Reads {@code {cron, zone, days, gap, repeat, calendar}}, {@code {everyMs, anchor}}, {@code
   * {delayMs}}, {@code {at}} or {@code {afterMs}}.
   *
   * @param now what {@code afterMs} counts from
   */
  static Timetable from(Fields fields, Instant now) {
    return TimetableReader.read(fields, now);
  }
}
