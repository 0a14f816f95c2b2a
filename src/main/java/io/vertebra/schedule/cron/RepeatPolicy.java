package io.vertebra.schedule.cron;

/** What becomes of a local time that the clock shows twice, as at the end of summer. */
public enum RepeatPolicy {
  FIRST,
  SECOND,
  BOTH;

  boolean wantsFirst() {
    return this != SECOND;
  }

  boolean wantsSecond() {
    return this != FIRST;
  }
}
