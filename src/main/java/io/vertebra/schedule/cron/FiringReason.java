package io.vertebra.schedule.cron;

/** Why something fires when it does. */
public enum FiringReason {
  /** At the time that was asked for, which there is once. */
  REGULAR,
  /** The clock passed over the time that was asked for. */
  MOVED_OUT_OF_A_GAP,
  /** The clock shows the time twice; this is the earlier. */
  FIRST_OF_A_REPEATED_TIME,
  /** The clock shows the time twice; this is the later. */
  SECOND_OF_A_REPEATED_TIME
}
