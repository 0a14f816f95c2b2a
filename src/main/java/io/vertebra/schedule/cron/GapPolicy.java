package io.vertebra.schedule.cron;

/** What becomes of a local time that the clock passes over, as at the beginning of summer. */
public enum GapPolicy {
  /** It does not fire. */
  SKIP,
  /** It fires at the first instant after the gap. */
  AFTER,
  /** It fires later by the length of the gap: 02:30 at 03:30. */
  SHIFT
}
