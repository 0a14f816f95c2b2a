package io.vertebra.schedule.cron;

import io.vertebra.api.Failure;
import java.util.BitSet;
import java.util.Locale;
import java.util.function.Predicate;

/**
 * A field as written.
 *
 * @param position of its first character in the expression, from 1
 */
record FieldText(CronField field, String text, int position) {

  FieldText {
    text = text.toUpperCase(Locale.ROOT);
  }

  /** The numbers of a field without items of its own kind. */
  BitSet numbers() {
    return numbers(item -> false);
  }

  /**
   * The numbers, without the items that {@code special} takes.
   *
   * @param special takes what is no plain number or range, and says so
   */
  BitSet numbers(Predicate<CronItem> special) {
    BitSet numbers = new BitSet();
    int at = position;
    for (String text : text.split(",", -1)) {
      CronItem item = new CronItem(field, text, at);
      if (text.isEmpty()) {
        throw item.wrong(0, "an item of the list is missing");
      }
      if (!special.test(item)) {
        item.addTo(numbers);
      }
      at += text.length() + 1;
    }
    return numbers;
  }

  /** The failure of an expression that is right but for naming no day there ever is. */
  Failure never() {
    return CronItem.wrong(field, position, "no such day ever comes in those months and years");
  }

  /** Whether it begins with {@code *} or {@code ?}, which is what Vixie's cron looks at. */
  boolean isStarred() {
    return text.startsWith("*") || text.startsWith("?");
  }

  /** Whether it asks for every so many of something, not for certain ones. */
  boolean isRecurring() {
    return isStarred() || text.contains("/") || numbers().cardinality() == field.size();
  }
}
