package io.vertebra.schedule.cron;

import io.vertebra.api.Failure;
import java.util.BitSet;
import java.util.Locale;

/**
 * One item of the list that a field is.
 *
 * @param text as written, in upper case
 * @param position of its first character in the expression, from 1
 */
record CronItem(CronField field, String text, int position) {

  /** Adds the numbers of {@code *}, {@code 5}, {@code 1-5}, {@code 22-2}, each perhaps by steps. */
  void addTo(BitSet numbers) {
    int slash = text.indexOf('/');
    String range = slash < 0 ? text : text.substring(0, slash);
    int step = slash < 0 ? 1 : step(slash + 1);
    int dash = range.indexOf('-');
    if (range.equals("*") || range.equals("?")) {
      checkQuestionMark();
      spread(field.least(), field.greatest(), step, numbers);
    } else if (dash >= 0) {
      spread(number(0, dash), number(dash + 1, range.length()), step, numbers);
    } else {
      int from = number(0, range.length());
      spread(from, slash < 0 ? from : field.greatest(), step, numbers);
    }
  }

  private void checkQuestionMark() {
    if (text.startsWith("?") && !(field.isDay() && text.length() == 1)) {
      throw wrong(0, "? stands alone, for a day-of-month or day-of-week");
    }
  }

  private void spread(int from, int to, int step, BitSet numbers) {
    int end = to;
    if (to < from) {
      if (field == CronField.YEAR) {
        throw wrong(0, "years do not begin again; the first must not be after the last");
      }
      end += field.size();
    }
    for (int number = from; number <= end; number += step) {
      numbers.set((number - field.least()) % field.size() + field.least());
    }
  }

  private int step(int begin) {
    return digits(begin, text.length(), 1, field.size(), "a step");
  }

  /** The number or name from {@code begin} to before {@code end}. */
  int number(int begin, int end) {
    int name = field.names().indexOf(text.substring(begin, end));
    return name >= 0
        ? field.least() + name
        : digits(begin, end, field.least(), field.greatestWritten(), "it");
  }

  /** Such a number, between bounds of its own. */
  int digits(int begin, int end, int least, int greatest, String what) {
    String part = text.substring(begin, end);
    if (part.isEmpty() || part.length() > 4 || !part.chars().allMatch(c -> c >= '0' && c <= '9')) {
      throw wrong(begin, "expects a number" + orName() + ", not '" + part + "'");
    }
    int number = Integer.parseInt(part);
    if (number < least || number > greatest) {
      throw wrong(begin, what + " must be " + least + " to " + greatest + ", not " + part);
    }
    return number;
  }

  private String orName() {
    return field.names().isEmpty() ? "" : " or one of " + String.join(" ", field.names());
  }

  /** What is wrong {@code offset} characters into this item. */
  Failure wrong(int offset, String rule) {
    return wrong(field, position + offset, rule);
  }

  static Failure wrong(CronField field, int position, String rule) {
    return Failure.invalid(
        "/cron",
        String.format(Locale.ROOT, "%s, at character %d: %s", field.label(), position, rule));
  }
}
