package io.vertebra.schedule.cron;

import java.time.Instant;
import java.time.LocalDateTime;
import java.time.temporal.ChronoUnit;
import java.time.zone.ZoneOffsetTransition;
import java.time.zone.ZoneRules;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Finds times that the expression names and at which nothing fires, by asking of each why. */
final class SkipSearch {
  private final CronTimetable timetable;
  private final ZoneRules rules;

  SkipSearch(CronTimetable timetable) {
    this.timetable = timetable;
    rules = timetable.zone().getRules();
  }

  List<Skipped> skipped(Instant from, Instant to, int limit) {
    List<Skipped> found = new ArrayList<>();
    Instant end = to.isAfter(Instants.LATEST) ? Instants.LATEST : to;
    if (!from.isBefore(end)) {
      return found;
    }
    Instant begin = Instants.atLeastEarliest(from).truncatedTo(ChronoUnit.SECONDS).plusSeconds(1);
    LocalDateTime last = lastNamed(end.truncatedTo(ChronoUnit.SECONDS));
    Optional<LocalDateTime> time = timetable.expression().nextOrSame(firstNamed(begin));
    for (int looked = 0; looked < CronTimetable.MOST_LOOKED_AT; looked++) {
      if (found.size() >= limit || time.isEmpty() || time.get().isAfter(last)) {
        return found;
      }
      skip(time.get())
          .filter(skip -> !skip.at().isBefore(begin) && !skip.at().isAfter(end))
          .ifPresent(found::add);
      time = timetable.expression().nextOrSame(time.get().plusSeconds(1));
    }
    return found;
  }

  /** The least local time that can have to do with {@code begin} or a later instant. */
  private LocalDateTime firstNamed(Instant begin) {
    Segment segment = Segment.at(rules, begin);
    LocalDateTime first = segment.local(begin);
    Optional<LocalDateTime> shifted =
        segment
            .gap()
            .filter(gap -> begin.isBefore(gap.getInstant().plus(gap.getDuration())))
            .map(gap -> first.minus(gap.getDuration()));
    Optional<LocalDateTime> repeated =
        segment.end().map(ZoneOffsetTransition::getDateTimeAfter).filter(first::isAfter);
    return shifted.or(() -> repeated).orElse(first);
  }

  /** The greatest local time that can have to do with {@code end} or an earlier instant. */
  private LocalDateTime lastNamed(Instant end) {
    Segment segment = Segment.at(rules, end);
    LocalDateTime last = segment.local(end);
    return segment
        .start()
        .map(ZoneOffsetTransition::getDateTimeBefore)
        .filter(last::isBefore)
        .orElse(last);
  }

  private Optional<Skipped> skip(LocalDateTime time) {
    Optional<ZoneOffsetTransition> change = Optional.ofNullable(rules.getTransition(time));
    if (timetable.calendar().excludes(time)) {
      Instant at =
          change.filter(ZoneOffsetTransition::isGap).isPresent()
              ? change.get().getInstant()
              : first(time);
      return Optional.of(new Skipped(at, time, SkipReason.EXCLUDED_BY_CALENDAR));
    }
    return change.flatMap(there -> there.isGap() ? inGap(time, there) : repeated(time, there));
  }

  private Instant first(LocalDateTime time) {
    return time.toInstant(rules.getOffset(time));
  }

  private Optional<Skipped> repeated(LocalDateTime time, ZoneOffsetTransition repeat) {
    return switch (timetable.repeat()) {
      case FIRST ->
          Optional.of(
              new Skipped(
                  time.toInstant(repeat.getOffsetAfter()),
                  time,
                  SkipReason.SECOND_TIME_NOT_WANTED));
      case SECOND ->
          Optional.of(
              new Skipped(
                  time.toInstant(repeat.getOffsetBefore()),
                  time,
                  SkipReason.FIRST_TIME_NOT_WANTED));
      case BOTH -> Optional.empty();
    };
  }

  private Optional<Skipped> inGap(LocalDateTime time, ZoneOffsetTransition gap) {
    return switch (timetable.gap()) {
      case SKIP -> Optional.of(new Skipped(gap.getInstant(), time, SkipReason.IN_A_GAP));
      case AFTER ->
          fires(gap.getDateTimeAfter()) || isPreceded(time, gap)
              ? Optional.of(new Skipped(gap.getInstant(), time, SkipReason.SAME_TIME_AS_ANOTHER))
              : Optional.empty();
      case SHIFT ->
          fires(time.plus(gap.getDuration()))
              ? Optional.of(
                  new Skipped(
                      time.toInstant(gap.getOffsetBefore()), time, SkipReason.SAME_TIME_AS_ANOTHER))
              : Optional.empty();
    };
  }

  private boolean fires(LocalDateTime time) {
    return timetable.nominal(time).filter(time::equals).isPresent();
  }

  /** Whether another time in the gap comes first. */
  private boolean isPreceded(LocalDateTime time, ZoneOffsetTransition gap) {
    return timetable.nominal(gap.getDateTimeBefore()).filter(time::equals).isEmpty();
  }
}
