package io.vertebra.schedule;

/** Why an occurrence is there. */
public enum Cause {
  /** The timetable names its time. */
  SCHEDULE,
  /** Its time was missed, and the misfire policy has it caught up. */
  CATCH_UP,
  /** Somebody asked for one at once. */
  TRIGGER,
  /** Somebody asked for those of a time gone by. */
  BACKFILL;

  /** Whether it waits for the runs before it, whatever the overlap policy says. */
  boolean alwaysQueues() {
    return this == CATCH_UP || this == BACKFILL;
  }

  /** Whether somebody asked for it, so that it runs even if its schedule is paused. */
  boolean isAskedFor() {
    return this == TRIGGER || this == BACKFILL;
  }
}
