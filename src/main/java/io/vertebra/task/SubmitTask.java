package io.vertebra.task;

import io.vertebra.api.Failure;
import io.vertebra.api.Fields;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;

/**
 * Submits a task.
 *
 * @param id by which it is one task however often it is submitted, as long as its record is kept; 1
 *     to 256 characters, a random one unless given
 * @param type of work, which workers claim by; 1 to 60 characters
 * @param payload what the worker is given, at most 64 KiB
 * @param headers words beside it, at most 20: names of 1 to 100 letters, digits and hyphens, values
 *     of at most 1,024 characters
 * @param maxAttempts claims after which it has failed, 1 to 100, default 3
 * @param priority 0 to 9, default 4; greater ones go first
 * @param key of whose tasks one is at work at a time, in the order they were submitted
 * @param delay before which nobody can claim it; JSON {@code delayMs}, 0 to 10 years
 */
public record SubmitTask(
    String id,
    String type,
    JsonObject payload,
    Map<String, String> headers,
    int maxAttempts,
    int priority,
    Optional<String> key,
    Duration delay) {
  static final int MAX_PAYLOAD = 65_536;
  private static final int MAX_HEADERS = 20;
  private static final int MAX_HEADER = 1_024;
  private static final Pattern HEADER = Pattern.compile("[A-Za-z0-9][A-Za-z0-9-]{0,99}");
  private static final int DEFAULT_ATTEMPTS = 3;
  private static final int DEFAULT_PRIORITY = 4;

  public SubmitTask {
    if (!TaskFields.isType(type)) {
      throw Failure.invalid("/type", "must be a type of tasks");
    }
    payload = TaskFields.bounded("/payload", payload, MAX_PAYLOAD);
    headers = Map.copyOf(headers);
    if (!headers.keySet().stream().allMatch(SubmitTask::isHeader)) {
      throw Failure.invalid(
          "/headers",
          "must have names of letters, digits and hyphens that do not begin with task- or x-dead-");
    }
  }

  /** Whether the message of a task can have it beside its own. */
  private static boolean isHeader(String name) {
    return HEADER.matcher(name).matches() && !TaskQueueService.isReserved(name);
  }

  /** A task with the defaults. */
  public static SubmitTask of(String type, JsonObject payload) {
    return new SubmitTask(
        UUID.randomUUID().toString(),
        type,
        payload,
        Map.of(),
        DEFAULT_ATTEMPTS,
        DEFAULT_PRIORITY,
        Optional.empty(),
        Duration.ZERO);
  }

  /** The same with an id of the caller's own. */
  public SubmitTask named(String own) {
    return new SubmitTask(own, type, payload, headers, maxAttempts, priority, key, delay);
  }

  /** The same with so many attempts. */
  public SubmitTask trying(int most) {
    return new SubmitTask(id, type, payload, headers, most, priority, key, delay);
  }

  /** The same, later. */
  public SubmitTask in(Duration wait) {
    return new SubmitTask(id, type, payload, headers, maxAttempts, priority, key, wait);
  }

  static SubmitTask from(Fields fields) {
    Optional<String> id = TaskFields.id(fields).optional();
    String type = TaskFields.type(fields).required();
    JsonObject payload =
        fields
            .json("payload")
            .about("What the worker is given, at most 64 KiB.")
            .orElse(new JsonObject());
    Map<String, String> headers =
        fields
            .textMap("headers", MAX_HEADERS, MAX_HEADER)
            .about("Words beside it.")
            .orElse(Map.of());
    int maxAttempts =
        fields
            .integer("maxAttempts", 1, 100)
            .about("Claims after which it has failed.")
            .orElse(DEFAULT_ATTEMPTS);
    int priority =
        fields.integer("priority", 0, 9).about("Greater ones go first.").orElse(DEFAULT_PRIORITY);
    Optional<String> key =
        fields
            .text("key", 1, TaskFields.MAX_WORD)
            .about("Of whose tasks one is at work at a time.")
            .optional();
    Duration delay =
        fields
            .millis("delayMs", 0, Duration.ofDays(3_650).toMillis())
            .about("Before which nobody can claim it.")
            .orElse(Duration.ZERO);
    return fields.build(
        () ->
            new SubmitTask(
                id.orElseGet(() -> UUID.randomUUID().toString()),
                type,
                payload,
                headers,
                maxAttempts,
                priority,
                key,
                delay));
  }

  JsonObject toJson() {
    JsonObject json =
        new JsonObject()
            .put("id", id)
            .put("type", type)
            .put("payload", payload)
            .put("headers", new JsonObject(Map.copyOf(headers)))
            .put("maxAttempts", maxAttempts)
            .put("priority", priority)
            .put("delayMs", delay.toMillis());
    key.ifPresent(name -> json.put("key", name));
    return json;
  }
}
