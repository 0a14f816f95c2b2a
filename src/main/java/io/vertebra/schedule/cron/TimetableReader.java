package io.vertebra.schedule.cron;

import io.vertebra.api.Failure;
import io.vertebra.api.Fields;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Optional;
import java.util.stream.Stream;

/** Reads any kind of timetable: the one field that says the kind, and those that go with it. */
final class TimetableReader {
  private static final long TEN_YEARS_MILLIS = Duration.ofDays(3_653).toMillis();
  private static final int MOST_LENGTH = 64;

  private final Optional<String> cron;
  private final Optional<String> zone;
  private final Optional<DayPolicy> days;
  private final Optional<GapPolicy> gap;
  private final Optional<RepeatPolicy> repeat;
  private final Optional<Calendar> calendar;
  private final Optional<Duration> every;
  private final Optional<String> anchor;
  private final Optional<Duration> delay;
  private final Optional<String> at;
  private final Optional<Duration> after;

  private TimetableReader(Fields fields) {
    cron =
        fields
            .text("cron", 1, CronExpression.MOST_LENGTH)
            .about("An expression of 5 to 7 fields, or a word such as @daily.")
            .optional();
    zone =
        fields
            .text("zone", 1, MOST_LENGTH)
            .about("The time zone of the expression, as Europe/Berlin; UTC if absent.")
            .optional();
    days =
        fields
            .choice("days", DayPolicy.class)
            .about("Which days are meant if both kinds are restricted; or if absent.")
            .optional();
    gap =
        fields
            .choice("gap", GapPolicy.class)
            .about("What becomes of times that the clock passes over.")
            .optional();
    repeat =
        fields
            .choice("repeat", RepeatPolicy.class)
            .about("What becomes of times that the clock shows twice.")
            .optional();
    calendar = fields.object("calendar", Calendar::from).about("When not to fire.").optional();
    every =
        fields
            .millis("everyMs", FixedRate.LEAST.toMillis(), TEN_YEARS_MILLIS)
            .about("A steady rate.")
            .optional();
    anchor =
        fields
            .text("anchor", 1, MOST_LENGTH)
            .about("The first firing at that rate, in ISO 8601; 1970-01-01T00:00:00Z if absent.")
            .optional();
    delay =
        fields
            .millis("delayMs", 1, TEN_YEARS_MILLIS)
            .about("From the end of a run to the next.")
            .optional();
    at = fields.text("at", 1, MOST_LENGTH).about("Once, at that time, in ISO 8601.").optional();
    after =
        fields.millis("afterMs", 0, TEN_YEARS_MILLIS).about("Once, after that time.").optional();
  }

  static Timetable read(Fields fields, Instant now) {
    TimetableReader reader = new TimetableReader(fields);
    return fields.build(() -> reader.timetable(now));
  }

  private Timetable timetable(Instant now) {
    long kinds = Stream.of(cron, every, delay, at, after).filter(Optional::isPresent).count();
    if (kinds != 1) {
      throw Failure.invalid("", "must have one of cron, everyMs, delayMs, at and afterMs");
    }
    if (cron.isPresent()) {
      refuse("anchor", anchor);
      return cronTimetable(cron.get());
    }
    refuseWithoutCron();
    if (every.isPresent()) {
      return new FixedRate(
          every.get(), anchor.map(t -> instant("/anchor", t)).orElse(Instant.EPOCH));
    }
    refuse("anchor", anchor);
    return delay
        .<Timetable>map(FixedDelay::new)
        .or(() -> at.map(text -> new Once(instant("/at", text))))
        .or(() -> after.map(time -> new Once(now.plus(time))))
        .orElseThrow();
  }

  private CronTimetable cronTimetable(String text) {
    CronTimetable standard =
        CronTimetable.of(
            CronExpression.parse(text, days.orElse(DayPolicy.OR)), zoneId(zone.orElse("UTC")));
    return standard
        .with(gap.orElse(standard.gap()))
        .with(repeat.orElse(standard.repeat()))
        .with(calendar.orElse(Calendar.NONE));
  }

  private void refuseWithoutCron() {
    refuse("zone", zone);
    refuse("days", days);
    refuse("gap", gap);
    refuse("repeat", repeat);
    refuse("calendar", calendar);
  }

  private static void refuse(String name, Optional<?> value) {
    if (value.isPresent()) {
      throw Failure.invalid("/" + name, "does not go with this kind of timetable");
    }
  }

  private static ZoneId zoneId(String text) {
    try {
      return ZoneId.of(text);
    } catch (DateTimeException e) {
      throw Failure.invalid("/zone", "is no time zone that this node knows");
    }
  }

  private static Instant instant(String pointer, String text) {
    try {
      return Instant.parse(text);
    } catch (DateTimeException e) {
      throw Failure.invalid(pointer, "must be a time such as 2026-12-24T18:00:00Z");
    }
  }
}
