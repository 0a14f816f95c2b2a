package io.vertebra.queue;

import io.vertebra.api.Failure;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Names one delivery of a message to a group. Whoever has it may settle the message, until it is
 * delivered again. As text: the message's id, the delivery's number and the group.
 *
 * @param delivery greater than those of all deliveries before
 */
record Receipt(long message, long delivery, String group) {
  private static final Pattern TEXT = Pattern.compile("([0-9a-f]{16})-([0-9a-f]{16})-(.+)");

  /** Longest as text. */
  static final int MAX_LENGTH = 16 + 1 + 16 + 1 + QueueFields.MAX_NAME;

  static Receipt of(String text) {
    Matcher parts = TEXT.matcher(text);
    if (!parts.matches()) {
      throw Failure.invalid("/receipt", "must be one that came with a message");
    }
    return new Receipt(
        QueueFields.number(parts.group(1)), QueueFields.number(parts.group(2)), parts.group(3));
  }

  String text() {
    return MessageIds.text(message) + "-" + MessageIds.text(delivery) + "-" + group;
  }
}
