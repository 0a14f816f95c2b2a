package io.vertebra.schedule.cron;

/** Why something does not fire at a time that its expression names. */
public enum SkipReason {
  /** The clock passes over it. */
  IN_A_GAP,
  EXCLUDED_BY_CALENDAR,
  /** The clock shows it twice, and only the second is wanted. */
  FIRST_TIME_NOT_WANTED,
  /** The clock shows it twice, and only the first is wanted. */
  SECOND_TIME_NOT_WANTED,
  /** Moved out of a gap, it would come together with another, which fires. */
  SAME_TIME_AS_ANOTHER
}
