package io.vertebra.schedule.cron;

import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.YearMonth;
import java.time.temporal.ChronoUnit;
import java.util.BitSet;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * A set of local times, written as five to seven fields: {@code [second] minute hour day-of-month
 * month day-of-week [year]}. It knows no zone; {@link CronTimetable} puts it into one. Immutable.
 *
 * <p>A field is a list of items joined by commas. An item is {@code *}, a number or a name ({@code
 * JAN}, {@code MON}, in any case), or a range, which may wrap ({@code FRI-MON}, {@code 22-2}); each
 * may end in {@code /step}, and a number with a step goes on to the end of the field. A day of the
 * month may also be {@code L} (the last), {@code L-3} (three before it), {@code 15W} (the weekday
 * nearest to it in the same month; none where the month has no such day) or {@code LW} (the last
 * weekday); a day of the week {@code 5L} (the last Friday) or {@code 5#3} (the third). {@code ?} is
 * {@code *} for a day. Without a field for the second it is 0.
 *
 * <p>Sunday is 0 or 7 and Saturday 6, as in Unix. <strong>Quartz counts from 1 for Sunday</strong>;
 * names mean the same in both.
 *
 * <p>Source: crontab(5) of Vixie's cron, and CronExpression of Quartz for {@code L}, {@code W} and
 * {@code #}.
 */
public final class CronExpression {
  /** Most characters of an expression. */
  public static final int MOST_LENGTH = 256;

  /** After so many years the Gregorian calendar begins again, weekdays included. */
  private static final int YEARS_OF_THE_CALENDAR = 400;

  private static final int LAST_YEAR = 9999;

  private static final Map<String, String> MACROS =
      Map.of(
          "@yearly", "0 0 1 1 *",
          "@annually", "0 0 1 1 *",
          "@monthly", "0 0 1 * *",
          "@weekly", "0 0 * * 0",
          "@daily", "0 0 * * *",
          "@midnight", "0 0 * * *",
          "@hourly", "0 * * * *");

  private final String text;
  private final DayPolicy policy;
  private final BitSet seconds;
  private final BitSet minutes;
  private final BitSet hours;
  private final DaysOfMonth daysOfMonth;
  private final BitSet months;
  private final DaysOfWeek daysOfWeek;
  private final BitSet years;
  private final boolean everyYear;
  private final boolean fixedTime;

  private CronExpression(String text, DayPolicy policy, CronText fields) {
    this.text = text;
    this.policy = policy;
    seconds = fields.get(CronField.SECOND).numbers();
    minutes = fields.get(CronField.MINUTE).numbers();
    hours = fields.get(CronField.HOUR).numbers();
    daysOfMonth = new DaysOfMonth(fields.get(CronField.DAY_OF_MONTH));
    months = fields.get(CronField.MONTH).numbers();
    daysOfWeek = new DaysOfWeek(fields.get(CronField.DAY_OF_WEEK));
    years = fields.get(CronField.YEAR).numbers();
    everyYear = years.cardinality() == CronField.YEAR.size();
    fixedTime =
        !fields.get(CronField.HOUR).isRecurring() && !fields.get(CronField.MINUTE).isRecurring();
    if (dayAtOrAfter(LocalDate.of(years.nextSetBit(0), 1, 1)).isEmpty()) {
      throw fields.get(CronField.DAY_OF_MONTH).never();
    }
  }

  /** As {@link #parse(String, DayPolicy)} with the rule of Vixie's cron. */
  public static CronExpression parse(String text) {
    return parse(text, DayPolicy.OR);
  }

  /**
   * Reads an expression or one of {@code @yearly @annually @monthly @weekly @daily @midnight
   * @hourly}.
   *
   * @param days what it means that both kinds of days are restricted, which a field that begins
   *     with {@code *} or {@code ?} is not
   * @throws io.vertebra.api.Failure {@code INVALID} at {@code /cron}, with the field, the position
   *     and the rule, also if it could never fire
   */
  public static CronExpression parse(String text, DayPolicy days) {
    String trimmed = text.strip();
    return new CronExpression(trimmed, days, CronText.of(trimmed, MACROS));
  }

  public String text() {
    return text;
  }

  public DayPolicy days() {
    return policy;
  }

  /**
   * Whether it names times of the day, rather than an interval: neither hour nor minute begins with
   * {@code *} or {@code ?}, has a step or holds every number. Vixie's cron looks at the asterisk
   * alone.
   */
  public boolean isFixedTime() {
    return fixedTime;
  }

  public boolean matches(LocalDateTime time) {
    return nextOrSame(time).filter(time::equals).isPresent();
  }

  /**
   * The first of its times that is not before {@code from}. It looks at no more than 401 years of
   * months, after which the calendar begins again, and not beyond the year 9999.
   */
  public Optional<LocalDateTime> nextOrSame(LocalDateTime from) {
    LocalDateTime second = from.truncatedTo(ChronoUnit.SECONDS);
    LocalDateTime begin = second.equals(from) ? second : second.plusSeconds(1);
    LocalDate today = begin.toLocalDate();
    Optional<LocalDate> day = dayAtOrAfter(today);
    if (day.isPresent() && day.get().equals(today)) {
      Optional<LocalTime> time = timeAtOrAfter(begin.toLocalTime());
      if (time.isPresent()) {
        return time.map(today::atTime);
      }
      day = dayAtOrAfter(today.plusDays(1));
    }
    return day.map(date -> date.atTime(firstOfHour(hours.nextSetBit(0))));
  }

  private Optional<LocalTime> timeAtOrAfter(LocalTime from) {
    int hour = from.getHour();
    if (hours.get(hour)) {
      int minute = from.getMinute();
      int second = seconds.nextSetBit(from.getSecond());
      if (minutes.get(minute) && second >= 0) {
        return Optional.of(LocalTime.of(hour, minute, second));
      }
      int later = minutes.nextSetBit(minute + 1);
      if (later >= 0) {
        return Optional.of(LocalTime.of(hour, later, seconds.nextSetBit(0)));
      }
    }
    int later = hours.nextSetBit(hour + 1);
    return later < 0 ? Optional.empty() : Optional.of(firstOfHour(later));
  }

  private LocalTime firstOfHour(int hour) {
    return LocalTime.of(hour, minutes.nextSetBit(0), seconds.nextSetBit(0));
  }

  private Optional<LocalDate> dayAtOrAfter(LocalDate from) {
    int end = Math.min(LAST_YEAR, from.getYear() + YEARS_OF_THE_CALENDAR);
    int month = from.getMonthValue();
    long since = -1L << from.getDayOfMonth();
    for (int year = from.getYear(); year <= end; year++) {
      for (int next = monthAtOrAfter(year, month);
          next > 0;
          next = monthAtOrAfter(year, next + 1)) {
        YearMonth candidate = YearMonth.of(year, next);
        long days = daysIn(candidate) & (next == month ? since : -1L);
        if (days != 0) {
          return Optional.of(candidate.atDay(Long.numberOfTrailingZeros(days)));
        }
      }
      month = 1;
      since = -1L;
    }
    return Optional.empty();
  }

  private int monthAtOrAfter(int year, int month) {
    return everyYear || (year >= 0 && years.get(year)) ? months.nextSetBit(month) : -1;
  }

  private long daysIn(YearMonth month) {
    boolean both = policy == DayPolicy.AND || daysOfMonth.isStarred() || daysOfWeek.isStarred();
    return both
        ? daysOfMonth.in(month) & daysOfWeek.in(month)
        : daysOfMonth.in(month) | daysOfWeek.in(month);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof CronExpression that && text.equals(that.text) && policy == that.policy;
  }

  @Override
  public int hashCode() {
    return Objects.hash(text, policy);
  }

  @Override
  public String toString() {
    return text;
  }
}
