package io.vertebra.schedule.cron;

import io.vertebra.api.Failure;
import java.time.DateTimeException;
import java.time.LocalDateTime;
import java.time.LocalTime;

/**
 * A part of every day.
 *
 * @param from inclusive
 * @param to exclusive; not after {@code from} means on the next day
 */
public record TimeRange(LocalTime from, LocalTime to) {

  public TimeRange {
    if (from.equals(to)) {
      throw Failure.invalid("", "must not be the whole day");
    }
  }

  /**
   * Reads {@code 12:00/13:30}, with seconds or without; {@code 24:00} is the end of a day.
   *
   * @throws DateTimeException if it is nothing such
   */
  static TimeRange parse(String text) {
    String[] parts = text.split("/", -1);
    if (parts.length != 2) {
      throw new DateTimeException("not two times");
    }
    return new TimeRange(
        LocalTime.parse(parts[0]),
        parts[1].equals("24:00") ? LocalTime.MIDNIGHT : LocalTime.parse(parts[1]));
  }

  /** The end of the range that {@code time} is in, or {@code time} if it is in none. */
  LocalDateTime endOf(LocalDateTime time) {
    LocalTime clock = time.toLocalTime();
    boolean wraps = !from.isBefore(to);
    boolean sinceFrom = !clock.isBefore(from);
    boolean beforeTo = clock.isBefore(to);
    if (wraps ? !(sinceFrom || beforeTo) : !(sinceFrom && beforeTo)) {
      return time;
    }
    LocalDateTime end = time.toLocalDate().atTime(to);
    return beforeTo ? end : end.plusDays(1);
  }

  @Override
  public String toString() {
    return from + "/" + to;
  }
}
