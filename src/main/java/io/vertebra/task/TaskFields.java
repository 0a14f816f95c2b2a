package io.vertebra.task;

import io.vertebra.api.Failure;
import io.vertebra.api.Fields;
import io.vertebra.api.Value;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.regex.Pattern;

/** Reads what several requests have. */
final class TaskFields {
  static final int MAX_ID = 256;
  static final int MAX_WORD = 128;
  static final int MAX_TEXT = 500;
  static final long MIN_LEASE_MS = 1_000;
  static final long MAX_LEASE_MS = Duration.ofHours(12).toMillis();
  private static final int MAX_RECEIPT = 200;
  private static final int MAX_TYPE = 60;
  private static final Pattern ID = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._@:#-]*");
  private static final Pattern TYPE = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]*");

  private TaskFields() {}

  static Value<String> id(Fields fields) {
    return fields
        .text("id", 1, MAX_ID)
        .matching(
            id -> ID.matcher(id).matches(),
            "must have letters, digits and . _ @ : # -, and begin with a letter or digit")
        .about("The id of the task.");
  }

  static Value<String> type(Fields fields) {
    return fields
        .text("type", 1, MAX_TYPE)
        .matching(
            TaskFields::isType, "must have letters, digits, . _ -, and begin with one of the first")
        .about("What kind of work it is.");
  }

  static boolean isType(String text) {
    return text.length() <= MAX_TYPE && TYPE.matcher(text).matches();
  }

  static String receipt(Fields fields) {
    return fields.text("receipt", 1, MAX_RECEIPT).about("That came with the task.").required();
  }

  static Duration lease(Fields fields) {
    return fields
        .millis("leaseMs", MIN_LEASE_MS, MAX_LEASE_MS)
        .about("How long the worker has it without a heartbeat.")
        .orElse(Duration.ofSeconds(30));
  }

  /** What is longer than {@code most} bytes as JSON is refused. */
  static JsonObject bounded(String pointer, JsonObject json, int most) {
    if (json.encode().getBytes(StandardCharsets.UTF_8).length > most) {
      throw Failure.invalid(pointer, "must have at most " + most + " bytes");
    }
    return json;
  }
}
