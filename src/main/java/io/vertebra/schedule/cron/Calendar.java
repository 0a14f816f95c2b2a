package io.vertebra.schedule.cron;

import io.vertebra.api.Failure;
import io.vertebra.api.Fields;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.DateTimeException;
import java.time.DayOfWeek;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.MonthDay;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Local times at which nothing is to fire. What counts is the nominal time, before it is moved out
 * of a gap. Immutable.
 *
 * @param dates excluded dates; JSON {@code dates}, as {@code 2026-12-24} or {@code
 *     2026-12-24/2027-01-01}; kept in order, those that touch as one
 * @param yearly dates excluded every year; JSON {@code yearly}, as {@code 12-25}
 * @param weekdays excluded weekdays, not all seven; JSON {@code weekdays}, as {@code sat}
 * @param times excluded parts of every day; JSON {@code times}, as {@code 12:00/13:00}
 */
public record Calendar(
    List<DateRange> dates, Set<MonthDay> yearly, Set<DayOfWeek> weekdays, List<TimeRange> times) {
  /** Excludes nothing. */
  public static final Calendar NONE = new Calendar(List.of(), Set.of(), Set.of(), List.of());

  /** Most excluded date ranges. */
  public static final int MOST_DATES = 1_000;

  /** Most excluded parts of a day. */
  public static final int MOST_TIMES = 24;

  private static final int DAYS_OF_A_YEAR = 366;
  private static final int DAYS_OF_A_WEEK = 7;

  /** Most characters of an entry. */
  private static final int MOST_LENGTH = 40;

  public Calendar {
    dates = merged(dates);
    yearly = Set.copyOf(yearly);
    weekdays = Set.copyOf(weekdays);
    times = List.copyOf(times);
    check(dates.size() <= MOST_DATES, "/dates", "must be at most " + MOST_DATES);
    check(times.size() <= MOST_TIMES, "/times", "must be at most " + MOST_TIMES);
    check(weekdays.size() < DAYS_OF_A_WEEK, "/weekdays", "must leave a day");
  }

  private static void check(boolean holds, String pointer, String rule) {
    if (!holds) {
      throw Failure.invalid(pointer, rule);
    }
  }

  private static List<DateRange> merged(List<DateRange> dates) {
    List<DateRange> merged = new ArrayList<>();
    for (DateRange next : dates.stream().sorted(Comparator.comparing(DateRange::first)).toList()) {
      int end = merged.size() - 1;
      if (end >= 0 && !next.first().isAfter(merged.get(end).last().plusDays(1))) {
        DateRange before = merged.get(end);
        LocalDate last = next.last().isAfter(before.last()) ? next.last() : before.last();
        merged.set(end, new DateRange(before.first(), last));
      } else {
        merged.add(next);
      }
    }
    return List.copyOf(merged);
  }

  /** What either excludes. */
  public Calendar with(Calendar other) {
    return new Calendar(
        Stream.concat(dates.stream(), other.dates.stream()).toList(),
        union(yearly, other.yearly),
        union(weekdays, other.weekdays),
        Stream.concat(times.stream(), other.times.stream()).distinct().toList());
  }

  private static <T extends Comparable<T>> Set<T> union(Set<T> one, Set<T> other) {
    Set<T> union = new TreeSet<>(one);
    union.addAll(other);
    return union;
  }

  public boolean excludes(LocalDateTime time) {
    return !endOfExclusion(time).equals(time);
  }

  /**
   * The time itself if it is not excluded; else a later one, before which everything is excluded,
   * and which may be excluded for another reason.
   */
  LocalDateTime endOfExclusion(LocalDateTime time) {
    LocalDate date = time.toLocalDate();
    LocalDate day = endOfDates(date);
    if (!day.equals(date)) {
      return day.atStartOfDay();
    }
    if (weekdays.contains(date.getDayOfWeek()) || yearly.contains(MonthDay.from(date))) {
      return date.plusDays(1).atStartOfDay();
    }
    LocalDateTime end = time;
    for (TimeRange range : times) {
      LocalDateTime candidate = range.endOf(time);
      end = candidate.isAfter(end) ? candidate : end;
    }
    return end;
  }

  /** The day after the range that {@code date} is in, or {@code date} if it is in none. */
  private LocalDate endOfDates(LocalDate date) {
    int from = 0;
    int to = dates.size();
    while (from < to) {
      int middle = (from + to) >>> 1;
      DateRange range = dates.get(middle);
      if (date.isBefore(range.first())) {
        to = middle;
      } else if (date.isAfter(range.last())) {
        from = middle + 1;
      } else {
        return range.last().plusDays(1);
      }
    }
    return date;
  }

  /** Reads {@code {dates, yearly, weekdays, times}}. */
  public static Calendar from(Fields fields) {
    List<String> dates =
        fields
            .texts("dates", MOST_DATES, MOST_LENGTH)
            .about("Dates, as 2026-12-24 or 2026-12-24/2027-01-01.")
            .orElse(List.of());
    List<String> yearly =
        fields
            .texts("yearly", DAYS_OF_A_YEAR, MOST_LENGTH)
            .about("Dates of every year, as 12-25.")
            .orElse(List.of());
    List<String> weekdays =
        fields
            .texts("weekdays", DAYS_OF_A_WEEK, MOST_LENGTH)
            .about("Weekdays, as sat.")
            .orElse(List.of());
    List<String> times =
        fields
            .texts("times", MOST_TIMES, MOST_LENGTH)
            .about("Parts of the day, as 12:00/13:00, the end not included.")
            .orElse(List.of());
    return fields.build(
        () ->
            new Calendar(
                parsed(
                    dates,
                    "/dates",
                    "a date as 2026-12-24, or two and / between",
                    DateRange::parse),
                Set.copyOf(
                    parsed(
                        yearly,
                        "/yearly",
                        "a day of the year as 12-25",
                        text -> MonthDay.parse("--" + text))),
                Set.copyOf(parsed(weekdays, "/weekdays", "a weekday", Calendar::weekday)),
                parsed(times, "/times", "two times as 12:00/13:00", TimeRange::parse)));
  }

  private static <T> List<T> parsed(
      List<String> texts, String pointer, String wanted, Function<String, T> parser) {
    List<T> list = new ArrayList<>();
    for (String text : texts) {
      String at = pointer + "/" + list.size();
      try {
        list.add(parser.apply(text));
      } catch (DateTimeException e) {
        throw Failure.invalid(at, "must be " + wanted + ", not '" + text + "'");
      } catch (Failure failure) {
        throw Failure.invalid(at, failure.violations().get(0).detail());
      }
    }
    return list;
  }

  private static DayOfWeek weekday(String text) {
    for (DayOfWeek day : DayOfWeek.values()) {
      if (day.name().substring(0, 3).equalsIgnoreCase(text)) {
        return day;
      }
    }
    throw Failure.invalid("", "must be one of mon, tue, wed, thu, fri, sat, sun");
  }

  public JsonObject toJson() {
    return new JsonObject()
        .put("dates", texts(dates.stream().map(DateRange::toString)))
        .put("yearly", texts(yearly.stream().sorted().map(day -> day.toString().substring(2))))
        .put(
            "weekdays",
            texts(weekdays.stream().sorted().map(day -> Fields.word(day).substring(0, 3))))
        .put("times", texts(times.stream().map(TimeRange::toString)));
  }

  private static JsonArray texts(Stream<String> texts) {
    return new JsonArray(texts.toList());
  }
}
