package io.vertebra.schedule.cron;

import io.vertebra.api.Failure;
import java.time.Instant;
import java.util.Optional;

/** The instants of which timetables tell. */
final class Instants {
  static final Instant EARLIEST = Instant.parse("0000-01-01T00:00:00Z");
  static final Instant LATEST = Instant.parse("9999-12-31T23:59:59Z");

  private Instants() {}

  /** The instant, or the earliest of which timetables tell. */
  static Instant atLeastEarliest(Instant instant) {
    return instant.isBefore(EARLIEST) ? EARLIEST : instant;
  }

  /** Refuses one of which timetables do not tell. */
  static void check(Instant instant, String pointer) {
    if (instant.isBefore(EARLIEST) || instant.isAfter(LATEST)) {
      throw Failure.invalid(pointer, "must be in the years 0000 to 9999");
    }
  }

  /** The instant, unless it is after the year 9999. */
  static Optional<Instant> within(Instant instant) {
    return instant.isAfter(LATEST) ? Optional.empty() : Optional.of(instant);
  }
}
