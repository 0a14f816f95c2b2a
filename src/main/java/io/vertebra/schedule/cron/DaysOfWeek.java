package io.vertebra.schedule.cron;

import java.time.YearMonth;
import java.util.BitSet;

/** Days by their weekday. Bit 1 to 31 of a long stand for the days of a month. */
final class DaysOfWeek {
  private static final int MOST_WEEKS = 5;

  private final boolean starred;
  private final BitSet weekdays;

  /** Weekdays of which the last in the month is meant. */
  private final BitSet last = new BitSet();

  /** Seven times the week of the month, from 0, and the weekday. */
  private final BitSet nth = new BitSet();

  DaysOfWeek(FieldText text) {
    starred = text.isStarred();
    weekdays = text.numbers(this::takes);
  }

  private boolean takes(CronItem item) {
    String text = item.text();
    int hash = text.indexOf('#');
    if (text.equals("L")) {
      throw item.wrong(0, "L needs the weekday whose last is meant, as in 5L for the last Friday");
    }
    if (hash >= 0) {
      int week = item.digits(hash + 1, text.length(), 1, MOST_WEEKS, "the week");
      nth.set(7 * (week - 1) + item.number(0, hash) % 7);
    } else if (text.endsWith("L")) {
      last.set(item.number(0, text.length() - 1) % 7);
    } else {
      return false;
    }
    return true;
  }

  boolean isStarred() {
    return starred;
  }

  long in(YearMonth month) {
    int length = month.lengthOfMonth();
    int weekday = month.atDay(1).getDayOfWeek().getValue() % 7;
    long days = 0;
    for (int day = 1; day <= length; day++) {
      if (weekdays.get(weekday)
          || nth.get(7 * ((day - 1) / 7) + weekday)
          || (day > length - 7 && last.get(weekday))) {
        days |= 1L << day;
      }
      weekday = weekday == 6 ? 0 : weekday + 1;
    }
    return days;
  }
}
