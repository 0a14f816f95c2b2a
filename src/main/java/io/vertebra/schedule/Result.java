package io.vertebra.schedule;

import io.vertebra.schedule.cron.SkipReason;

/** What became of an occurrence. */
public enum Result {
  SUCCEEDED,
  /** Its last attempt failed. */
  FAILED,
  /** Somebody asked for that. */
  CANCELLED,
  /** A later one took its place. */
  REPLACED,
  /** Nobody could fire it in time, and the misfire policy gives it up. */
  MISSED,
  /** An earlier one was still running, and the overlap policy gives it up. */
  OVERLAPPED,
  /** The schedule was paused. */
  PAUSED,
  IN_A_GAP,
  EXCLUDED_BY_CALENDAR,
  FIRST_TIME_NOT_WANTED,
  SECOND_TIME_NOT_WANTED,
  SAME_TIME_AS_ANOTHER;

  static Result of(SkipReason reason) {
    return valueOf(reason.name());
  }

  /** Whether the target was called, once at least. */
  boolean ran() {
    return compareTo(MISSED) < 0;
  }
}
