package io.vertebra.schedule.cron;

import java.util.List;
import java.util.Locale;

/** A field of an expression: its numbers, and the names that some of them have. */
enum CronField {
  SECOND(0, 59, ""),
  MINUTE(0, 59, ""),
  HOUR(0, 23, ""),
  DAY_OF_MONTH(1, 31, ""),
  MONTH(1, 12, "JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC"),
  /** Sunday is 0, as in Unix; 7 stands for it too. */
  DAY_OF_WEEK(0, 6, "SUN MON TUE WED THU FRI SAT"),
  YEAR(1970, 2199, "");

  private final int least;
  private final int greatest;
  private final String names;

  CronField(int least, int greatest, String names) {
    this.least = least;
    this.greatest = greatest;
    this.names = names;
  }

  int least() {
    return least;
  }

  int greatest() {
    return greatest;
  }

  /** How many numbers there are. */
  int size() {
    return greatest - least + 1;
  }

  /** The greatest number that may be written. */
  int greatestWritten() {
    return this == DAY_OF_WEEK ? 7 : greatest;
  }

  /** Names of the least number and those after it, or none. */
  List<String> names() {
    return names.isEmpty() ? List.of() : List.of(names.split(" "));
  }

  boolean isDay() {
    return this == DAY_OF_MONTH || this == DAY_OF_WEEK;
  }

  /** As it is called in messages. */
  String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
