package io.vertebra.schedule.cron;

import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.zone.ZoneOffsetTransition;
import java.time.zone.ZoneRules;
import java.util.Optional;

/**
 * A time in which a zone keeps one offset.
 *
 * @param start the change it begins with, inclusive, or none if it is the zone's first
 * @param end the change it ends with, exclusive, or none if it is the zone's last
 */
record Segment(
    Optional<ZoneOffsetTransition> start, ZoneOffset offset, Optional<ZoneOffsetTransition> end) {

  /**
   * The one that {@code instant} is in.
   *
   * @param instant a whole second, as all changes are
   */
  static Segment at(ZoneRules rules, Instant instant) {
    return new Segment(
        Optional.ofNullable(rules.previousTransition(instant.plusSeconds(1))),
        rules.getOffset(instant),
        Optional.ofNullable(rules.nextTransition(instant)));
  }

  LocalDateTime local(Instant instant) {
    return LocalDateTime.ofEpochSecond(instant.getEpochSecond(), instant.getNano(), offset);
  }

  /** Whether it ends later than that, by its own clock. */
  boolean reaches(LocalDateTime time) {
    return end.isEmpty() || time.isBefore(end.get().getDateTimeBefore());
  }

  /** The gap that it begins with. */
  Optional<ZoneOffsetTransition> gap() {
    return start.filter(ZoneOffsetTransition::isGap);
  }
}
