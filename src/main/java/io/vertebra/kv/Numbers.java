package io.vertebra.kv;

import io.vertebra.api.Failure;
import io.vertebra.api.FailureCode;
import java.nio.charset.StandardCharsets;

/** Numbers of 64 bits as values: decimal digits in ASCII, with a minus if need be. */
public final class Numbers {
  /** Of {@link Long#MIN_VALUE}. */
  private static final int MAX_LENGTH = 20;

  private Numbers() {}

  /** The value that stands for a number. */
  public static Bytes of(long number) {
    return Bytes.utf8(Long.toString(number));
  }

  /** Whether a value stands for a number, written as {@link #of} writes it. */
  public static boolean isNumber(Bytes value) {
    try {
      return value.length() <= MAX_LENGTH && of(number(value)).equals(value);
    } catch (NumberFormatException other) {
      return false;
    }
  }

  /**
   * The number that a value stands for.
   *
   * @throws Failure {@code CONFLICT} if it stands for none
   */
  public static long parse(Bytes key, Bytes value) {
    if (!isNumber(value)) {
      throw new Failure(FailureCode.CONFLICT, key + " does not hold a number");
    }
    return number(value);
  }

  private static long number(Bytes value) {
    return Long.parseLong(new String(value.unsafeArray(), StandardCharsets.ISO_8859_1));
  }
}
