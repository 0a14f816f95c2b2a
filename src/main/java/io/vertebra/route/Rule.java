package io.vertebra.route;

import io.vertebra.api.Failure;
import io.vertebra.api.Value;
import java.util.function.Predicate;

/**
 * A rule that a reader reports with everything else, and that a constructor insists on.
 *
 * @param detail the rule as a phrase that follows the field's name: {@code "must be ..."}
 */
record Rule<T>(Predicate<T> holds, String detail) {

  Value<T> on(Value<T> value) {
    return value.matching(holds, detail);
  }

  void require(String pointer, T value) {
    if (!holds.test(value)) {
      throw Failure.invalid(pointer, detail);
    }
  }
}
