package io.vertebra.queue;

import io.vertebra.api.Failure;
import io.vertebra.api.FailureCode;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What is told of a message that was given up, in headers of its own.
 *
 * @param attempts deliveries that it had
 * @param firstAt milliseconds since 1970 of the first delivery; 0 if there was none
 */
record DeadLetter(String queue, String group, String reason, int attempts, long firstAt) {
  private static final String PREFIX = "x-dead-";
  static final String QUEUE = PREFIX + "queue";
  static final String REASON = PREFIX + "reason";

  /** Whether a header tells of giving up, so that a redrive trusts it. */
  static boolean tells(String header) {
    return header.startsWith(PREFIX);
  }

  /**
   * The queue that a message was given up in.
   *
   * @throws Failure {@code CONFLICT} if it was in none
   */
  static String origin(Map<String, String> headers) {
    return Optional.ofNullable(headers.get(QUEUE))
        .orElseThrow(() -> new Failure(FailureCode.CONFLICT, "a message is no dead letter"));
  }

  /** The headers of the dead letter. */
  Map<String, String> headers(StoredMessage message, long now) {
    Map<String, String> headers = new TreeMap<>(message.headers());
    headers.put(QUEUE, queue);
    headers.put(PREFIX + "group", group);
    headers.put(REASON, reason);
    headers.put(PREFIX + "attempts", Integer.toString(attempts));
    headers.put(PREFIX + "id", MessageIds.text(message.id()));
    headers.put(PREFIX + "sent-at", MessageIds.time(message.id()).toString());
    headers.put(PREFIX + "at", Instant.ofEpochMilli(now).toString());
    if (firstAt > 0) {
      headers.put(PREFIX + "first-received-at", Instant.ofEpochMilli(firstAt).toString());
    }
    return headers;
  }

  /** The headers without what was told of giving it up. */
  static Map<String, String> without(Map<String, String> headers) {
    Map<String, String> rest = new TreeMap<>(headers);
    rest.keySet().removeIf(DeadLetter::tells);
    return rest;
  }
}
