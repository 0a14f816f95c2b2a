package io.vertebra.schedule.cron;

/** Which days an expression means that restricts both the day of the month and of the week. */
public enum DayPolicy {
  /** Days that either field names: the rule of Vixie's cron. */
  OR,
  /** Days that both fields name: the rule of Spring. */
  AND
}
