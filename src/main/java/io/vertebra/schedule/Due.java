package io.vertebra.schedule;

import io.vertebra.schedule.cron.Firing;
import io.vertebra.schedule.cron.FixedDelay;
import io.vertebra.schedule.cron.Timetable;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** When a schedule is to be looked at. Pure. */
final class Due {
  /** Most occurrences that are counted one by one. */
  static final int MOST_COUNTED = 1_000;

  private Due() {}

  /**
   * Occurrences that were missed.
   *
   * @param latest of them, in order
   * @param count -1 if there are more than {@value #MOST_COUNTED}
   */
  record Late(Instant first, List<Instant> latest, int count) {
    Instant last() {
      return latest.get(latest.size() - 1);
    }

    /** How many there are but the last {@code kept}. */
    int others(int kept) {
      return count < 0 ? count : count - kept;
    }
  }

  /** The first occurrence that is not decided, or none as long as a fixed delay waits for a run. */
  static Optional<Instant> next(Job job, JobState state) {
    Timetable timetable = job.timetable();
    Instant after = latest(state.cursor(), job.since());
    if (timetable instanceof FixedDelay) {
      if (!state.runs().isEmpty()) {
        return Optional.empty();
      }
      after = latest(after, state.lastEnd());
    }
    return timetable.next(after).map(Firing::at);
  }

  /** When an occurrence is fired: at its time or a little later, always the same. */
  static Instant fireAt(Job job, Instant nominal) {
    long most = job.definition().jitter().toMillis();
    if (most == 0) {
      return nominal;
    }
    long mixed = job.name().hashCode() * 0x9E3779B97F4A7C15L + nominal.toEpochMilli();
    mixed = (mixed ^ (mixed >>> 30)) * 0xBF58476D1CE4E5B9L;
    mixed = (mixed ^ (mixed >>> 27)) * 0x94D049BB133111EBL;
    return nominal.plusMillis(Math.floorMod(mixed ^ (mixed >>> 31), most + 1));
  }

  /** When there is something to do next, if ever. */
  static Optional<Instant> wake(Job job, JobState state) {
    Optional<Instant> earliest = next(job, state).map(nominal -> fireAt(job, nominal));
    for (Run run : state.runs()) {
      if (run.is(Phase.RETRYING)) {
        earliest =
            Optional.of(earliest.map(at -> earliest(at, run.retryAt())).orElse(run.retryAt()));
      }
    }
    Optional<Instant> alarm = alarmAt(job, state);
    return alarm.isPresent() && (earliest.isEmpty() || alarm.get().isBefore(earliest.get()))
        ? alarm
        : earliest;
  }

  /** When it has been too long without a success, if that is to be told. */
  static Optional<Instant> alarmAt(Job job, JobState state) {
    return job.definition()
        .deadMan()
        .filter(time -> !job.paused() && !state.alarmed())
        .map(time -> latest(state.lastSuccess(), job.watchedSince()).plus(time));
  }

  /**
   * The occurrences from {@code first} up to {@code until}.
   *
   * @param kept how many of the last are told
   */
  static Late late(Timetable timetable, Instant first, Instant until, int kept) {
    List<Instant> all = new ArrayList<>();
    Optional<Instant> next = Optional.of(first);
    while (all.size() < MOST_COUNTED && next.isPresent() && !next.get().isAfter(until)) {
      all.add(next.get());
      next = timetable.next(next.get()).map(Firing::at);
    }
    boolean complete = next.isEmpty() || next.get().isAfter(until);
    if (complete) {
      List<Instant> latest = all.subList(Math.max(0, all.size() - kept), all.size());
      return new Late(first, List.copyOf(latest), all.size());
    }
    return new Late(first, lastOnes(timetable, all.get(all.size() - 1), until, kept), -1);
  }

  private static List<Instant> lastOnes(
      Timetable timetable, Instant floor, Instant until, int kept) {
    List<Instant> found = new ArrayList<>();
    Instant before = until.plusMillis(1);
    while (found.size() < kept) {
      Instant last = last(timetable, floor, before);
      found.add(0, last);
      if (!last.isAfter(floor)) {
        break;
      }
      before = last;
    }
    return List.copyOf(found);
  }

  /**
   * The last occurrence before a time, found by halves, for timetables tell only the next one.
   *
   * @param floor an occurrence
   */
  private static Instant last(Timetable timetable, Instant floor, Instant before) {
    Duration back = Duration.ofSeconds(1);
    Instant low = before.minus(back);
    while (low.isAfter(floor) && !fires(timetable, low, before)) {
      back = back.multipliedBy(2);
      low = before.minus(back);
    }
    if (!low.isAfter(floor)) {
      low = floor;
    }
    if (!fires(timetable, low, before)) {
      return floor;
    }
    long from = low.toEpochMilli();
    long to = before.toEpochMilli();
    while (to - from > 1) {
      long middle = from + (to - from) / 2;
      if (fires(timetable, Instant.ofEpochMilli(middle), before)) {
        from = middle;
      } else {
        to = middle;
      }
    }
    return timetable.next(Instant.ofEpochMilli(from)).map(Firing::at).orElse(floor);
  }

  private static boolean fires(Timetable timetable, Instant after, Instant before) {
    return timetable.next(after).filter(firing -> firing.at().isBefore(before)).isPresent();
  }

  static Instant latest(Instant a, Instant b) {
    return a.isAfter(b) ? a : b;
  }

  private static Instant earliest(Instant a, Instant b) {
    return a.isBefore(b) ? a : b;
  }
}
