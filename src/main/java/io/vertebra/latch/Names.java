package io.vertebra.latch;

import io.vertebra.api.Fields;
import io.vertebra.api.Value;

/** Names of latches, barriers and participants. */
final class Names {
  private static final int MAX_LENGTH = 200;

  private Names() {}

  static Value<String> read(Fields fields, String field) {
    return fields
        .text(field, 1, MAX_LENGTH)
        .matching(
            text -> text.codePoints().noneMatch(Names::isControlOrHalf),
            "must have no control characters");
  }

  static String name(Fields fields) {
    String name = read(fields, "name").required();
    return fields.build(() -> name);
  }

  private static boolean isControlOrHalf(int codePoint) {
    boolean half =
        codePoint >= Character.MIN_SURROGATE && codePoint <= (int) Character.MAX_SURROGATE;
    return Character.isISOControl(codePoint) || half;
  }
}
