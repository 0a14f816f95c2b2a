package io.vertebra.schedule.cron;

import java.time.DayOfWeek;
import java.time.YearMonth;
import java.util.BitSet;

/** Days by their place in the month. Bit 1 to 31 of a long stand for the days of a month. */
final class DaysOfMonth {
  private final boolean starred;
  private final long plain;

  /** How many days before the last. */
  private final BitSet beforeLast = new BitSet();

  /** Days whose nearest weekday is meant. */
  private final BitSet nearWeekday = new BitSet();

  private boolean lastWeekday;

  DaysOfMonth(FieldText text) {
    starred = text.isStarred();
    plain = bits(text.numbers(this::takes));
  }

  private static long bits(BitSet days) {
    return days.isEmpty() ? 0 : days.toLongArray()[0];
  }

  private boolean takes(CronItem item) {
    String text = item.text();
    if (text.equals("LW")) {
      lastWeekday = true;
    } else if (text.equals("L")) {
      beforeLast.set(0);
    } else if (text.startsWith("L-")) {
      beforeLast.set(item.digits(2, text.length(), 1, 30, "days before the last"));
    } else if (text.endsWith("W")) {
      nearWeekday.set(item.number(0, text.length() - 1));
    } else {
      return false;
    }
    return true;
  }

  boolean isStarred() {
    return starred;
  }

  long in(YearMonth month) {
    int last = month.lengthOfMonth();
    long days = plain;
    for (int before = beforeLast.nextSetBit(0);
        before >= 0 && before < last;
        before = beforeLast.nextSetBit(before + 1)) {
      days |= 1L << (last - before);
    }
    for (int near = nearWeekday.nextSetBit(0);
        near >= 0 && near <= last;
        near = nearWeekday.nextSetBit(near + 1)) {
      days |= 1L << nearestWeekday(month, near);
    }
    if (lastWeekday) {
      days |= 1L << nearestWeekday(month, last);
    }
    return days & ((1L << (last + 1)) - 1);
  }

  /** Monday to Friday, in the same month. */
  private static int nearestWeekday(YearMonth month, int day) {
    DayOfWeek weekday = month.atDay(day).getDayOfWeek();
    if (weekday == DayOfWeek.SATURDAY) {
      return day == 1 ? 3 : day - 1;
    }
    if (weekday == DayOfWeek.SUNDAY) {
      return day == month.lengthOfMonth() ? day - 2 : day + 1;
    }
    return day;
  }
}
