package io.vertebra.queue;

import io.vertebra.api.Fields;
import io.vertebra.api.Value;
import java.util.Optional;
import java.util.regex.Pattern;

/** The fields that several requests have. */
final class QueueFields {
  /** The group that every queue has. */
  static final String DEFAULT_GROUP = "default";

  static final int MAX_NAME = 80;
  static final int MAX_REASON = 500;
  static final int MAX_BATCH = 100;
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]*");
  private static final Pattern ID = Pattern.compile("[0-9a-f]{16}");

  private QueueFields() {}

  /** A name of a queue or a group. */
  static Value<String> name(Fields fields, String field) {
    return fields
        .text(field, 1, MAX_NAME)
        .matching(
            QueueFields::isName,
            "must begin with a letter or digit and go on with those, dots, hyphens or underscores");
  }

  static boolean isName(String text) {
    return NAME.matcher(text).matches();
  }

  static String queue(Fields fields) {
    return name(fields, "queue").about("The name of the queue.").required();
  }

  static String group(Fields fields) {
    return name(fields, "group").about("The group of consumers.").orElse(DEFAULT_GROUP);
  }

  /** An id of a message: its number as 16 hexadecimal digits. */
  static Value<String> messageId(Fields fields, String field) {
    return fields
        .text(field, 1, 16)
        .matching(id -> ID.matcher(id).matches(), "must be the id of a message");
  }

  static long number(String id) {
    return Long.parseUnsignedLong(id, 16);
  }

  static Optional<Long> number(Optional<String> id) {
    return id.map(QueueFields::number);
  }
}
