package io.vertebra.schedule.cron;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.time.zone.ZoneOffsetTransition;
import java.time.zone.ZoneRules;
import java.util.Optional;

/**
 * Finds firings in the order of instants, which is not that of local times: it takes the times of
 * one offset after the other, and with each those that were moved out of the gap it begins with.
 */
final class ZonedSearch {
  /** 400 years, after which the Gregorian calendar begins again. */
  private static final Duration HORIZON = Duration.ofDays(146_097);

  /** More than any offset and any repeated time together. */
  private static final Duration MARGIN = Duration.ofDays(3);

  private final CronTimetable timetable;
  private final ZoneRules rules;

  ZonedSearch(CronTimetable timetable) {
    this.timetable = timetable;
    rules = timetable.zone().getRules();
  }

  Optional<Firing> next(Instant after) {
    if (after.isAfter(Instants.LATEST)) {
      return Optional.empty();
    }
    Instant from = Instants.atLeastEarliest(after).truncatedTo(ChronoUnit.SECONDS).plusSeconds(1);
    Instant horizon = from.plus(HORIZON);
    while (from.isBefore(horizon)) {
      Segment segment = Segment.at(rules, from);
      Optional<Firing> firing = earlier(regular(segment, from), moved(segment, from));
      if (firing.isPresent() || segment.end().isEmpty()) {
        return firing;
      }
      ZoneOffsetTransition end = segment.end().get();
      Optional<LocalDateTime> nominal = timetable.nominal(leastLocal(end));
      if (nominal.isEmpty()) {
        return Optional.empty();
      }
      Instant near = nominal.get().toInstant(ZoneOffset.UTC).minus(MARGIN);
      from = near.isAfter(end.getInstant()) ? near : end.getInstant();
    }
    return Optional.empty();
  }

  /** The least local time that is still to come when the clock changes. */
  private static LocalDateTime leastLocal(ZoneOffsetTransition change) {
    return change.isGap() ? change.getDateTimeBefore() : change.getDateTimeAfter();
  }

  /** The earlier of the two; the first of the two if they are at one instant. */
  private static Optional<Firing> earlier(Optional<Firing> one, Optional<Firing> other) {
    if (one.isEmpty() || other.isEmpty()) {
      return one.isEmpty() ? other : one;
    }
    return other.get().at().isBefore(one.get().at()) ? other : one;
  }

  /** The first firing from {@code from} at a time that the clock shows in the segment. */
  private Optional<Firing> regular(Segment segment, Instant from) {
    Optional<LocalDateTime> time = timetable.nominal(segment.local(from));
    while (time.isPresent() && segment.reaches(time.get())) {
      LocalDateTime nominal = time.get();
      Instant at = nominal.toInstant(segment.offset());
      ZoneOffsetTransition repeat = rules.getTransition(nominal);
      if (repeat == null) {
        return Optional.of(new Firing(at, nominal, FiringReason.REGULAR));
      }
      boolean first = segment.offset().equals(repeat.getOffsetBefore());
      if (first && timetable.repeat().wantsFirst()) {
        return Optional.of(new Firing(at, nominal, FiringReason.FIRST_OF_A_REPEATED_TIME));
      }
      if (!first && timetable.repeat().wantsSecond()) {
        return Optional.of(new Firing(at, nominal, FiringReason.SECOND_OF_A_REPEATED_TIME));
      }
      time = timetable.nominal(repeat.getDateTimeBefore());
    }
    return Optional.empty();
  }

  /**
   * The first firing from {@code from} at a time moved out of the gap that the segment begins with.
   */
  private Optional<Firing> moved(Segment segment, Instant from) {
    return segment
        .gap()
        .flatMap(
            gap ->
                switch (timetable.gap()) {
                  case SKIP -> Optional.empty();
                  case AFTER -> movedToEnd(gap, from);
                  case SHIFT -> shifted(gap, from);
                });
  }

  private Optional<Firing> movedToEnd(ZoneOffsetTransition gap, Instant from) {
    return gap.getInstant().isBefore(from)
        ? Optional.empty()
        : inGap(gap, gap.getDateTimeBefore())
            .map(time -> new Firing(gap.getInstant(), time, FiringReason.MOVED_OUT_OF_A_GAP));
  }

  private Optional<Firing> shifted(ZoneOffsetTransition gap, Instant from) {
    ZoneOffset before = gap.getOffsetBefore();
    LocalDateTime since = LocalDateTime.ofEpochSecond(from.getEpochSecond(), 0, before);
    LocalDateTime begin = gap.getDateTimeBefore();
    return inGap(gap, since.isAfter(begin) ? since : begin)
        .map(time -> new Firing(time.toInstant(before), time, FiringReason.MOVED_OUT_OF_A_GAP));
  }

  private Optional<LocalDateTime> inGap(ZoneOffsetTransition gap, LocalDateTime since) {
    return since.isBefore(gap.getDateTimeAfter())
        ? timetable.nominal(since).filter(time -> time.isBefore(gap.getDateTimeAfter()))
        : Optional.empty();
  }
}
