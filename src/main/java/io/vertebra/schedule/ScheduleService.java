package io.vertebra.schedule;

import io.vertebra.schedule.cron.Preview;
import io.vertebra.schedule.cron.Timetable;
import io.vertx.core.Future;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Schedules for their callers. Everything may fail with {@code UNAVAILABLE} or {@code TIMEOUT} as
 * the store does, and with {@code NOT_FOUND} if there is no schedule of that name.
 */
public interface ScheduleService {

  /**
   * Writes a definition; a new schedule is at work at once, one that is paused stays so.
   *
   * @return {@code STALE} if it is not at the revision expected, {@code CONFLICT} if there are as
   *     many as there can be
   */
  Future<ScheduleView> put(WriteSchedule<Definition> change);

  Future<ScheduleView> get(String name);

  /** Some schedules by name, at most {@code limit}, from the first after {@code cursor} on. */
  Future<Listed> list(String cursor, int limit);

  /** Removes a schedule, what is left of its runs, and its history; {@code STALE} as of a put. */
  Future<Long> delete(WriteSchedule<String> change);

  /** Has occurrences pass without running, or run again; what runs goes on. */
  Future<ScheduleView> pause(WriteSchedule<String> change, boolean paused);

  /**
   * Has it run now, even if it is paused, as far as its overlap policy allows.
   *
   * @return the id of the occurrence, or its first part if it has shards
   */
  Future<String> trigger(String name);

  /**
   * Ends an occurrence that runs or waits, with its retries.
   *
   * @return {@code NOT_FOUND} if it neither runs nor waits
   */
  Future<Void> cancel(String name, Instant nominal);

  /**
   * Has the first {@code limit} occurrences of a time gone by run, one after another.
   *
   * @param from inclusive
   * @param to inclusive
   * @return their ids
   */
  Future<List<String>> backfill(String name, Instant from, Instant to, int limit);

  /** What it will do, from now on. */
  Future<Preview> preview(String name, int count);

  /** What a timetable would do from now on. */
  Future<Preview> preview(Timetable timetable, int count);

  /** Its last results, the latest first. */
  Future<List<Past>> history(String name, int limit);

  /**
   * Follows what happens; {@code COMPACTED} if what is wanted is no more known.
   *
   * @see ScheduleEvent
   */
  Future<Watch> watch(WatchSchedules request);

  /** Events in their order, each once. */
  interface Watch {

    /** The next ones; waits for some. To be called again only when answered. */
    Future<Batch> next();

    /** The revision up to which all is told. */
    long told();

    /** Ends it. */
    void close();
  }

  /**
   * Some events.
   *
   * @param revision up to which all is told; the next one to ask for is that after it
   */
  record Batch(long revision, List<ScheduleEvent> events) {
    public Batch {
      events = List.copyOf(events);
    }
  }

  /**
   * A part of the schedules.
   *
   * @param cursor with which to ask for the next part; empty if this is the last
   */
  record Listed(List<ScheduleView> items, Optional<String> cursor) {
    public Listed {
      items = List.copyOf(items);
    }
  }
}
