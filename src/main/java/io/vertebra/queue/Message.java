package io.vertebra.queue;

import io.vertebra.kv.Bytes;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A message as it is kept.
 *
 * @param id greater than those of all messages before
 * @param deliverAt before which it cannot be received
 * @param expiresAt when it is removed
 */
public record Message(
    String id,
    Bytes body,
    Optional<String> dedupId,
    Optional<String> key,
    int priority,
    Map<String, String> headers,
    String contentType,
    Optional<Instant> deliverAt,
    Optional<Instant> expiresAt) {

  /** When it was taken. */
  public Instant sentAt() {
    return MessageIds.time(QueueFields.number(id));
  }

  JsonObject toJson() {
    JsonObject json = new JsonObject().put("id", id).put("sentAt", sentAt().toString());
    dedupId.ifPresent(text -> json.put("dedupId", text));
    key.ifPresent(name -> json.put("key", name));
    deliverAt.ifPresent(time -> json.put("deliverAt", time.toString()));
    expiresAt.ifPresent(time -> json.put("expiresAt", time.toString()));
    json.put("priority", priority)
        .put("headers", new JsonObject(Map.copyOf(headers)))
        .put("contentType", contentType);
    return MessageBody.write(body, json);
  }

  /** The message of an answer. */
  static Message from(JsonObject json) {
    Map<String, String> headers = new TreeMap<>();
    json.getJsonObject("headers")
        .forEach(header -> headers.put(header.getKey(), String.valueOf(header.getValue())));
    return new Message(
        json.getString("id"),
        MessageBody.read(json),
        Optional.ofNullable(json.getString("dedupId")),
        Optional.ofNullable(json.getString("key")),
        json.getInteger("priority"),
        headers,
        json.getString("contentType"),
        Optional.ofNullable(json.getString("deliverAt")).map(Instant::parse),
        Optional.ofNullable(json.getString("expiresAt")).map(Instant::parse));
  }
}
