package io.vertebra.counter;

import io.vertebra.api.Fields;
import io.vertebra.api.Value;

/** The names of counters and sequences: 1 to 200 characters, none of them a control character. */
final class Names {
  static final int MAX_LENGTH = 200;

  private Names() {}

  static Value<String> read(Fields fields) {
    return fields
        .text("name", 1, MAX_LENGTH)
        .matching(Names::isPlain, "must have no control characters");
  }

  static boolean isPlain(String text) {
    return text.chars().noneMatch(Character::isISOControl);
  }
}
