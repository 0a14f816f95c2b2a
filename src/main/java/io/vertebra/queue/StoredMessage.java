package io.vertebra.queue;

import io.vertebra.kv.Bytes;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What is kept of a message besides its body.
 *
 * @param bodyBytes length of its body
 * @param deliverAt milliseconds since 1970 before which it cannot be received; 0 for none
 * @param expiresAt milliseconds since 1970 when it is removed; 0 for never
 */
record StoredMessage(
    long id,
    int bodyBytes,
    Optional<String> dedupId,
    Optional<String> key,
    int priority,
    Map<String, String> headers,
    String contentType,
    long deliverAt,
    long expiresAt) {

  /** Of a message that is taken now. */
  static StoredMessage of(NewMessage message, long id, long now, QueueDefinition definition) {
    long deliverAt =
        message
            .at()
            .map(Instant::toEpochMilli)
            .or(() -> message.delay().map(wait -> now + wait.toMillis()))
            .filter(time -> time > now)
            .orElse(0L);
    long ttl = message.ttl().map(time -> time.toMillis()).orElse(Long.MAX_VALUE);
    long life = Math.min(ttl, retention(definition));
    return new StoredMessage(
        id,
        message.body().length(),
        message.dedupId(),
        message.key(),
        message.priority(),
        message.headers(),
        message.contentType(),
        deliverAt,
        end(now, life));
  }

  /**
   * The same message in another queue, where it is new.
   *
   * @param definition of that queue
   */
  StoredMessage moved(
      long newId, Map<String, String> newHeaders, long now, QueueDefinition definition) {
    return new StoredMessage(
        newId,
        bodyBytes,
        dedupId,
        key,
        priority,
        newHeaders,
        contentType,
        0,
        end(now, retention(definition)));
  }

  private static long retention(QueueDefinition definition) {
    return definition.retention().map(time -> time.toMillis()).orElse(Long.MAX_VALUE);
  }

  private static long end(long now, long life) {
    return life == Long.MAX_VALUE ? 0 : now + life;
  }

  /** What it counts for in a queue's bytes. */
  int weight() {
    int words = 0;
    for (Map.Entry<String, String> header : headers.entrySet()) {
      words += header.getKey().length() + header.getValue().length();
    }
    return bodyBytes + words;
  }

  Message with(Bytes body) {
    return new Message(
        MessageIds.text(id),
        body,
        dedupId,
        key,
        priority,
        headers,
        contentType,
        time(deliverAt),
        time(expiresAt));
  }

  private static Optional<Instant> time(long millis) {
    return millis == 0 ? Optional.empty() : Optional.of(Instant.ofEpochMilli(millis));
  }

  Bytes encode() {
    JsonObject json = new JsonObject().put("n", bodyBytes).put("p", priority);
    dedupId.ifPresent(text -> json.put("d", text));
    key.ifPresent(name -> json.put("k", name));
    if (!headers.isEmpty()) {
      json.put("h", new JsonObject(new TreeMap<>(headers)));
    }
    if (!contentType.equals(NewMessage.TEXT)) {
      json.put("t", contentType);
    }
    if (deliverAt != 0) {
      json.put("a", deliverAt);
    }
    if (expiresAt != 0) {
      json.put("x", expiresAt);
    }
    return Bytes.utf8(json.encode());
  }

  static StoredMessage decode(long id, Bytes value) {
    JsonObject json = new JsonObject(new String(value.unsafeArray(), StandardCharsets.UTF_8));
    Map<String, String> headers = new TreeMap<>();
    json.getJsonObject("h", new JsonObject())
        .forEach(header -> headers.put(header.getKey(), String.valueOf(header.getValue())));
    return new StoredMessage(
        id,
        json.getInteger("n"),
        Optional.ofNullable(json.getString("d")),
        Optional.ofNullable(json.getString("k")),
        json.getInteger("p"),
        headers,
        json.getString("t", NewMessage.TEXT),
        json.getLong("a", 0L),
        json.getLong("x", 0L));
  }
}
