package io.vertebra.schedule.cron;

import java.time.LocalDateTime;
import java.time.YearMonth;
import java.util.BitSet;
import java.util.Random;

/** A random expression in the syntax that all engines know, and what it means, told plainly. */
record CronSample(Part minute, Part hour, Part day, Part month, Part weekday) {

  private static final int LEAP_YEAR = 2024;

  /**
   * A field.
   *
   * @param weekday numbers from 0 for Sunday
   */
  record Part(String text, BitSet numbers) {
    boolean isStarred() {
      return text.startsWith("*");
    }
  }

  /** Any days, with one kind of them restricted at most. */
  static CronSample random(Random random) {
    boolean byWeekday = random.nextBoolean();
    return new CronSample(
        part(random, 0, 59),
        part(random, 0, 23),
        byWeekday || random.nextInt(3) == 0 ? star(1, 31) : part(random, 1, 31),
        random.nextInt(2) == 0 ? star(1, 12) : part(random, 1, 12),
        byWeekday ? part(random, 0, 6) : star(0, 6));
  }

  /** Every day, mostly in the hours in which clocks are changed. */
  static CronSample ofEveryDay(Random random) {
    Part hour = random.nextInt(3) == 0 ? part(random, 0, 23) : number(random, 0, 3);
    return new CronSample(part(random, 0, 59), hour, star(1, 31), star(1, 12), star(0, 6));
  }

  private static Part star(int least, int greatest) {
    return spread("*", least, greatest, 1);
  }

  private static Part number(Random random, int least, int greatest) {
    int number = between(random, least, greatest);
    return spread(Integer.toString(number), number, number, 1);
  }

  private static Part part(Random random, int least, int greatest) {
    int from = between(random, least, greatest);
    int to = between(random, from, greatest);
    int step = between(random, 1, Math.max(1, (greatest - least) / 2));
    return switch (random.nextInt(6)) {
      case 0 -> star(least, greatest);
      case 1 -> number(random, least, greatest);
      case 2 -> list(random, least, greatest);
      case 3 -> spread(from == to ? "" + from : from + "-" + to, from, to, 1);
      case 4 -> spread("*/" + step, least, greatest, step);
      default ->
          from == to
              ? spread("" + from, from, to, 1)
              : spread(from + "-" + to + "/" + step, from, to, step);
    };
  }

  private static Part list(Random random, int least, int greatest) {
    BitSet numbers = new BitSet();
    for (int i = between(random, 2, 4); i > 0; i--) {
      numbers.set(between(random, least, greatest));
    }
    return new Part(numbers.toString().replaceAll("[{} ]", ""), numbers);
  }

  private static Part spread(String text, int from, int to, int step) {
    BitSet numbers = new BitSet();
    for (int number = from; number <= to; number += step) {
      numbers.set(number);
    }
    return new Part(text, numbers);
  }

  private static int between(Random random, int least, int greatest) {
    return least + random.nextInt(greatest - least + 1);
  }

  /** Whether some month named has such a day. */
  boolean isPossible() {
    int longest =
        month.numbers().stream()
            .map(number -> YearMonth.of(LEAP_YEAR, number).lengthOfMonth())
            .max()
            .orElse(0);
    return day.numbers().nextSetBit(0) <= longest;
  }

  String unix() {
    return String.join(" ", minute.text(), hour.text(), day.text(), month.text(), weekday.text());
  }

  boolean names(LocalDateTime time) {
    boolean inDay = day.numbers().get(time.getDayOfMonth());
    boolean inWeek = weekday.numbers().get(time.getDayOfWeek().getValue() % 7);
    boolean both = day.isStarred() || weekday.isStarred();
    return minute.numbers().get(time.getMinute())
        && hour.numbers().get(time.getHour())
        && month.numbers().get(time.getMonthValue())
        && (both ? inDay && inWeek : inDay || inWeek);
  }
}
