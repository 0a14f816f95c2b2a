package io.vertebra.schedule;

import io.vertebra.api.Failure;
import io.vertebra.api.Fields;
import io.vertebra.api.Times;
import io.vertebra.api.Value;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.regex.Pattern;

/** Reads what several requests have. */
final class ScheduleFields {
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,199}");

  private ScheduleFields() {}

  static String name(Fields fields) {
    return anyName(fields).required();
  }

  static Value<String> anyName(Fields fields) {
    return fields
        .text("name", 1, 200)
        .matching(
            text -> NAME.matcher(text).matches(),
            "must have letters, digits, . _ and -, and begin with a letter or digit")
        .about("The name of the schedule.");
  }

  /** The time of an occurrence's id, with or without a shard. */
  static Instant nominal(String name, String occurrence) {
    if (!occurrence.startsWith(name + "@")) {
      throw Failure.invalid("/occurrence", "must begin with the schedule's name and @");
    }
    return instant("/occurrence", occurrence.substring(name.length() + 1).replaceFirst("#.*", ""));
  }

  static Instant instant(String pointer, String text) {
    try {
      return Times.checked(pointer, Instant.parse(text));
    } catch (DateTimeException e) {
      throw Failure.invalid(pointer, "must have a time such as 2026-12-24T18:00:00Z");
    }
  }
}
