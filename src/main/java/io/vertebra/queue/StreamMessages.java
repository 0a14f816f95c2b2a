package io.vertebra.queue;

import io.vertebra.api.Fields;
import java.time.Duration;
import java.util.Optional;

/**
 * Asks for messages as they come, over a lasting connection.
 *
 * @param credit most messages that are not settled, 1 to 1,000, default 16
 * @param visibility how long they are given for; JSON {@code visibilityMs}, 1 s to 12 h, default
 *     what the queue says
 * @param format of what comes
 */
record StreamMessages(
    String queue, String group, int credit, Optional<Duration> visibility, Format format) {
  static final int MAX_CREDIT = 1_000;
  static final int DEFAULT_CREDIT = 16;

  /** What a message is told as. */
  enum Format {
    /** As {@code receive} answers. */
    MESSAGE,
    /** As a CloudEvent in JSON. */
    CLOUDEVENT
  }

  static StreamMessages from(Fields fields) {
    String queue = QueueFields.queue(fields);
    String group = QueueFields.group(fields);
    int credit =
        fields
            .integer("credit", 1, MAX_CREDIT)
            .about("Most messages that are not settled.")
            .orElse(DEFAULT_CREDIT);
    Optional<Duration> visibility =
        fields
            .millis(
                "visibilityMs",
                QueueDefinition.MIN_VISIBILITY_MS,
                QueueDefinition.MAX_VISIBILITY_MS)
            .about("How long they are given for, unless as the queue says.")
            .optional();
    Format format = format(fields);
    return fields.build(() -> new StreamMessages(queue, group, credit, visibility, format));
  }

  static Format format(Fields fields) {
    return fields
        .choice("format", Format.class)
        .about("As what messages are told.")
        .orElse(Format.MESSAGE);
  }

  ReceiveMessages receive(int max, Duration patience) {
    return new ReceiveMessages(
        queue, group, Math.min(max, QueueFields.MAX_BATCH), patience, visibility);
  }
}
