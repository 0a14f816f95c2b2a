package io.vertebra.queue;

import io.vertebra.api.Failure;
import io.vertebra.api.Fields;
import io.vertebra.api.Times;
import io.vertebra.kv.Bytes;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * A message to be sent.
 *
 * @param dedupId by which it is one message within the queue's window, however often it is sent; 1
 *     to 128 characters
 * @param key of whose messages a group has one at a time, in their order; 1 to 128 characters
 * @param priority 0 to 9, default 4; greater ones go first
 * @param headers at most 64, names of 1 to 128 characters, values of at most 16,384, 65,536
 *     characters in all
 * @param contentType what the body is; at most 200 characters, default {@code text/plain}
 * @param at when it may be received, if not at once; JSON {@code deliverAt}, RFC 3339
 * @param delay instead, in how long; JSON {@code delayMs}
 * @param ttl how long after its sending it is removed, received or not; JSON {@code ttlMs}
 */
public record NewMessage(
    Bytes body,
    Optional<String> dedupId,
    Optional<String> key,
    int priority,
    Map<String, String> headers,
    String contentType,
    Optional<Instant> at,
    Optional<Duration> delay,
    Optional<Duration> ttl) {
  static final int DEFAULT_PRIORITY = 4;
  static final String TEXT = "text/plain";
  static final int MAX_HEADERS = 64;

  /** Longest value of a header, in characters. */
  public static final int MAX_HEADER = 16_384;

  /** Most characters of all headers. */
  public static final int MAX_ALL_HEADERS = 65_536;

  static final int MAX_WORD = 128;

  public NewMessage {
    if (at.isPresent() && delay.isPresent()) {
      throw Failure.invalid("/delayMs", "and deliverAt exclude each other");
    }
    headers = Map.copyOf(headers);
    if (headers.keySet().stream().anyMatch(name -> name.isEmpty() || name.length() > MAX_WORD)) {
      throw Failure.invalid("/headers", "must have names of 1 to 128 characters");
    }
    if (length(headers) > MAX_ALL_HEADERS) {
      throw Failure.invalid("/headers", "must have at most 65536 characters in all");
    }
  }

  private static long length(Map<String, String> headers) {
    return headers.entrySet().stream()
        .mapToLong(header -> header.getKey().length() + header.getValue().length())
        .sum();
  }

  /** A text. */
  public static NewMessage of(String body) {
    return new NewMessage(
        Bytes.utf8(body),
        Optional.empty(),
        Optional.empty(),
        DEFAULT_PRIORITY,
        Map.of(),
        TEXT,
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }

  /** The same with a dedup id. */
  public NewMessage dedup(String id) {
    return new NewMessage(
        body, Optional.of(id), key, priority, headers, contentType, at, delay, ttl);
  }

  /** The same of a key. */
  public NewMessage keyed(String name) {
    return new NewMessage(
        body, dedupId, Optional.of(name), priority, headers, contentType, at, delay, ttl);
  }

  /** The same with another priority. */
  public NewMessage prior(int wanted) {
    return new NewMessage(body, dedupId, key, wanted, headers, contentType, at, delay, ttl);
  }

  /** The same with other headers. */
  public NewMessage with(Map<String, String> others) {
    return new NewMessage(body, dedupId, key, priority, others, contentType, at, delay, ttl);
  }

  /** The same, later. */
  public NewMessage in(Duration wait) {
    return new NewMessage(
        body,
        dedupId,
        key,
        priority,
        headers,
        contentType,
        Optional.empty(),
        Optional.of(wait),
        ttl);
  }

  /** The same, removed after a time. */
  public NewMessage living(Duration time) {
    return new NewMessage(
        body, dedupId, key, priority, headers, contentType, at, delay, Optional.of(time));
  }

  static NewMessage from(Fields fields) {
    Supplier<Bytes> body = MessageBody.read(fields);
    Optional<String> dedupId =
        fields.text("dedupId", 1, MAX_WORD).about("By which it is one message.").optional();
    Optional<String> key =
        fields.text("key", 1, MAX_WORD).about("Of whose messages one is out at a time.").optional();
    int priority = priority(fields);
    Map<String, String> headers =
        fields
            .textMap("headers", MAX_HEADERS, MAX_HEADER)
            .matching(
                given -> given.keySet().stream().noneMatch(DeadLetter::tells),
                "must not begin with x-dead-, which tells where a dead letter came from")
            .about("Words beside it.")
            .orElse(Map.of());
    String contentType = fields.text("contentType", 1, 200).about("What the body is.").orElse(TEXT);
    Optional<String> at =
        fields.text("deliverAt", 1, 40).about("When it may be received, RFC 3339.").optional();
    Optional<Duration> delay = delay(fields);
    Optional<Duration> ttl = ttl(fields);
    return fields.build(
        () ->
            new NewMessage(
                body.get(),
                dedupId,
                key,
                priority,
                headers,
                contentType,
                at.map(text -> time("/deliverAt", text)),
                delay,
                ttl));
  }

  static int priority(Fields fields) {
    return fields
        .integer("priority", 0, 9)
        .about("Greater ones go first.")
        .orElse(DEFAULT_PRIORITY);
  }

  static Optional<Duration> delay(Fields fields) {
    return fields
        .millis("delayMs", 0, QueueDefinition.MAX_TIME_MS * 100)
        .about("In how long it may be received, if not at once.")
        .optional();
  }

  static Optional<Duration> ttl(Fields fields) {
    return fields
        .millis("ttlMs", 1, QueueDefinition.MAX_TIME_MS)
        .about("After this it is removed.")
        .optional();
  }

  static Instant time(String pointer, String text) {
    try {
      return Times.checked(pointer, Instant.parse(text));
    } catch (DateTimeParseException e) {
      throw Failure.invalid(pointer, "must be a time as 2030-01-01T00:00:00Z");
    }
  }

  /** The message as a queue reads it. */
  public JsonObject toJson() {
    JsonObject json = MessageBody.write(body, new JsonObject());
    dedupId.ifPresent(id -> json.put("dedupId", id));
    key.ifPresent(name -> json.put("key", name));
    at.ifPresent(time -> json.put("deliverAt", time.toString()));
    delay.ifPresent(time -> json.put("delayMs", time.toMillis()));
    ttl.ifPresent(time -> json.put("ttlMs", time.toMillis()));
    return json.put("priority", priority)
        .put("headers", new JsonObject(Map.copyOf(headers)))
        .put("contentType", contentType);
  }
}
