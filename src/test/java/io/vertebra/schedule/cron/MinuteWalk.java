package io.vertebra.schedule.cron;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;

/**
 * What must fire and what must not, found by looking at the clock on the wall every minute. It
 * knows of changes of the clock only what is seen there.
 */
final class MinuteWalk {
  /** Walked before and after what is asked, to see what comes twice. */
  private static final Duration MARGIN = Duration.ofHours(30);

  private final CronTimetable policies;
  private final Predicate<LocalDateTime> named;
  private final Instant from;
  private final Instant to;
  private final Map<LocalDateTime, List<Instant>> shown = new HashMap<>();
  private final Set<Instant> firings = new TreeSet<>();
  private final Set<Skipped> skipped =
      new TreeSet<>(Comparator.comparing(Skipped::nominal).thenComparing(Skipped::at));

  /** Times that the clock does not show, each with when it is passed over. */
  private final Map<LocalDateTime, Gap> missing = new TreeMap<>();

  private record Gap(Instant at, LocalDateTime begin) {}

  /**
   * @param named what the expression names
   * @param policies all but the expression
   * @param from exclusive
   * @param to inclusive
   */
  MinuteWalk(Predicate<LocalDateTime> named, CronTimetable policies, Instant from, Instant to) {
    this.named = named;
    this.policies = policies;
    this.from = from;
    this.to = to;
    look(policies.zone());
    shown.forEach(
        (time, instants) -> {
          if (named.test(time)) {
            decide(time, instants);
          }
        });
    missing.forEach(
        (time, gap) -> {
          if (named.test(time)) {
            decide(time, gap);
          }
        });
  }

  private void look(ZoneId zone) {
    Instant now = from.minus(MARGIN);
    LocalDateTime expected = LocalDateTime.ofInstant(now, zone);
    for (; now.isBefore(to.plus(MARGIN)); now = now.plusSeconds(60)) {
      LocalDateTime time = LocalDateTime.ofInstant(now, zone);
      LocalDateTime begin = expected;
      for (; expected.isBefore(time); expected = expected.plusMinutes(1)) {
        missing.put(expected, new Gap(now, begin));
      }
      shown.computeIfAbsent(time, key -> new ArrayList<>()).add(now);
      expected = time.plusMinutes(1);
    }
  }

  private void decide(LocalDateTime time, List<Instant> instants) {
    Instant first = instants.get(0);
    if (policies.calendar().excludes(time)) {
      skip(first, time, SkipReason.EXCLUDED_BY_CALENDAR);
    } else if (instants.size() == 1) {
      fire(first);
    } else {
      Instant second = instants.get(1);
      switch (policies.repeat()) {
        case FIRST -> {
          fire(first);
          skip(second, time, SkipReason.SECOND_TIME_NOT_WANTED);
        }
        case SECOND -> {
          skip(first, time, SkipReason.FIRST_TIME_NOT_WANTED);
          fire(second);
        }
        case BOTH -> instants.forEach(this::fire);
      }
    }
  }

  private void decide(LocalDateTime time, Gap gap) {
    Instant shifted = gap.at().plus(Duration.between(gap.begin(), time));
    if (policies.calendar().excludes(time)) {
      skip(gap.at(), time, SkipReason.EXCLUDED_BY_CALENDAR);
    } else if (policies.gap() == GapPolicy.SKIP) {
      skip(gap.at(), time, SkipReason.IN_A_GAP);
    } else {
      Instant at = policies.gap() == GapPolicy.AFTER ? gap.at() : shifted;
      if (isTaken(at) || (policies.gap() == GapPolicy.AFTER && isPreceded(time, gap))) {
        skip(at, time, SkipReason.SAME_TIME_AS_ANOTHER);
      } else {
        fire(at);
      }
    }
  }

  private boolean isTaken(Instant at) {
    LocalDateTime time = LocalDateTime.ofInstant(at, policies.zone());
    return named.test(time) && !policies.calendar().excludes(time);
  }

  private boolean isPreceded(LocalDateTime time, Gap gap) {
    return missing.keySet().stream()
        .filter(other -> !other.isBefore(gap.begin()) && other.isBefore(time))
        .anyMatch(other -> named.test(other) && !policies.calendar().excludes(other));
  }

  private boolean isAsked(Instant at) {
    return at.isAfter(from) && !at.isAfter(to);
  }

  private void fire(Instant at) {
    if (isAsked(at)) {
      firings.add(at);
    }
  }

  private void skip(Instant at, LocalDateTime time, SkipReason reason) {
    if (isAsked(at)) {
      skipped.add(new Skipped(at, time, reason));
    }
  }

  List<Instant> firings() {
    return List.copyOf(firings);
  }

  List<Skipped> skipped() {
    return List.copyOf(skipped);
  }
}
