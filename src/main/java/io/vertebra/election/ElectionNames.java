package io.vertebra.election;

import io.vertebra.api.Fields;
import io.vertebra.api.Value;

/** The locks that elections are. */
final class ElectionNames {
  static final String PREFIX = "election/";

  /** So that the lock's name is no longer than it may be. */
  private static final int MAX_LENGTH = 190;

  private ElectionNames() {}

  static Value<String> read(Fields fields) {
    return fields.text("name", 1, MAX_LENGTH).about("Of the election.");
  }

  static Value<String> candidate(Fields fields) {
    return fields.text("candidate", 1, 200).about("Who wants to lead.");
  }

  static String lock(String name) {
    return PREFIX + name;
  }
}
