package io.vertebra.balancer;

import io.vertebra.api.Failure;
import java.time.Duration;

/** What records check in their constructors; a breach is {@code INVALID} with its pointer. */
final class Rules {
  private Rules() {}

  static void range(String pointer, double value, double min, double max) {
    require(value >= min && value <= max, pointer, "must be " + text(min) + " to " + text(max));
  }

  static void millis(String pointer, Duration value, long min, long max) {
    require(
        value.toMillis() >= min && value.toMillis() <= max,
        pointer,
        "must be " + min + " to " + max);
  }

  static void length(String pointer, String text, int min, int max) {
    require(
        text.length() >= min && text.length() <= max,
        pointer,
        "must have " + min + " to " + max + " characters");
  }

  static void require(boolean holds, String pointer, String detail) {
    if (!holds) {
      throw Failure.invalid(pointer, detail);
    }
  }

  private static String text(double bound) {
    return bound == Math.rint(bound) ? Long.toString((long) bound) : Double.toString(bound);
  }
}
