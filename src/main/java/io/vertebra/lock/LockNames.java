package io.vertebra.lock;

import io.vertebra.api.Failure;
import io.vertebra.api.Fields;
import io.vertebra.api.Value;
import io.vertebra.kv.Fence;
import java.nio.charset.StandardCharsets;

/** What names of locks and owners keep to, so that both fit into one key of any backend. */
final class LockNames {
  private static final int MAX_LENGTH = 200;
  private static final int MAX_BYTES = 400;
  private static final String DETAIL =
      "must be 1 to "
          + MAX_LENGTH
          + " characters and at most "
          + MAX_BYTES
          + " bytes in UTF-8, without control characters, and not begin with "
          + Fence.FOREIGN;

  private LockNames() {}

  static Value<String> read(Fields fields, String field) {
    return fields.text(field, 1, MAX_LENGTH).matching(LockNames::isName, DETAIL);
  }

  static void require(String pointer, String name) {
    if (!isName(name)) {
      throw Failure.invalid(pointer, DETAIL);
    }
  }

  private static boolean isName(String name) {
    return !name.isEmpty()
        && !name.startsWith(Fence.FOREIGN)
        && name.length() <= MAX_LENGTH
        && name.codePoints().noneMatch(LockNames::isControlOrHalf)
        && name.getBytes(StandardCharsets.UTF_8).length <= MAX_BYTES;
  }

  private static boolean isControlOrHalf(int codePoint) {
    boolean half =
        codePoint >= Character.MIN_SURROGATE && codePoint <= (int) Character.MAX_SURROGATE;
    return Character.isISOControl(codePoint) || half;
  }
}
