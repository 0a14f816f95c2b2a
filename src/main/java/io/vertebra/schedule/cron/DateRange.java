package io.vertebra.schedule.cron;

import io.vertebra.api.Failure;
import java.time.DateTimeException;
import java.time.LocalDate;

/**
 * Some dates in a row.
 *
 * @param first inclusive
 * @param last inclusive, not before {@code first}
 */
public record DateRange(LocalDate first, LocalDate last) {

  public DateRange {
    if (last.isBefore(first)) {
      throw Failure.invalid("", "must not end before it begins");
    }
  }

  /**
   * Reads {@code 2026-12-24} or {@code 2026-12-24/2027-01-01}.
   *
   * @throws DateTimeException if it is neither
   */
  static DateRange parse(String text) {
    int slash = text.indexOf('/');
    return slash < 0
        ? new DateRange(LocalDate.parse(text), LocalDate.parse(text))
        : new DateRange(
            LocalDate.parse(text.substring(0, slash)), LocalDate.parse(text.substring(slash + 1)));
  }

  @Override
  public String toString() {
    return first.equals(last) ? first.toString() : first + "/" + last;
  }
}
