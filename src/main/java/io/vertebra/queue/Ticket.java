package io.vertebra.queue;

import java.util.Optional;

/**
 * A receipt of a message that came over a lasting connection, which is told when the message is
 * settled, at whatever node. As text the receipt, the node's id and the connection's number, with
 * {@code ~} between.
 */
record Ticket(String receipt, String node, long stream) {
  private static final char MARK = '~';

  /** Longest as text. */
  static final int MAX_LENGTH = Receipt.MAX_LENGTH + 1 + 64 + 1 + 16;

  /** Empty for a receipt of a message that came otherwise. */
  static Optional<Ticket> of(String text) {
    int last = text.lastIndexOf(MARK);
    int first = last < 0 ? -1 : text.lastIndexOf(MARK, last - 1);
    if (first < 0) {
      return Optional.empty();
    }
    try {
      long stream = Long.parseLong(text.substring(last + 1), 16);
      return Optional.of(
          new Ticket(text.substring(0, first), text.substring(first + 1, last), stream));
    } catch (NumberFormatException other) {
      return Optional.empty();
    }
  }

  String text() {
    return receipt + MARK + node + MARK + Long.toHexString(stream);
  }
}
