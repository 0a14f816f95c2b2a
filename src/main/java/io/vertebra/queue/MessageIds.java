package io.vertebra.queue;

import java.time.Instant;
import java.util.HexFormat;

/**
 * Ids of messages: milliseconds since 1970 and a number within, so that they tell when a message
 * was taken and sort by it. As text they are 16 hexadecimal digits.
 */
final class MessageIds {
  /** Bits of the number within a millisecond. */
  static final int BITS = 20;

  private static final long MAX_MILLIS = Long.MAX_VALUE >> BITS;

  private MessageIds() {}

  /** The least id of a time; of one after the last that ids can tell, in 2248, of that one. */
  static long first(long millis) {
    return Math.max(0, Math.min(millis, MAX_MILLIS)) << BITS;
  }

  static long millis(long id) {
    return id >> BITS;
  }

  static Instant time(long id) {
    return Instant.ofEpochMilli(millis(id));
  }

  static String text(long id) {
    return HexFormat.of().toHexDigits(id);
  }
}
