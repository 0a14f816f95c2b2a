package io.vertebra.session;

import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * A session without what it holds.
 *
 * @param attributes how many it has
 * @param bytes that they take as JSON
 */
public record SessionSummary(
    String handle,
    Optional<String> principal,
    Instant createdAt,
    Instant endsAt,
    Duration idle,
    long revision,
    int attributes,
    int bytes) {

  JsonObject toJson() {
    JsonObject json = new JsonObject().put("handle", handle);
    principal.ifPresent(name -> json.put("principal", name));
    return json.put("createdAt", createdAt.toString())
        .put("endsAt", endsAt.toString())
        .put("idleMs", idle.toMillis())
        .put("revision", revision)
        .put("attributes", attributes)
        .put("bytes", bytes);
  }

  static SessionSummary from(JsonObject json) {
    return new SessionSummary(
        json.getString("handle"),
        Optional.ofNullable(json.getString("principal")),
        Instant.parse(json.getString("createdAt")),
        Instant.parse(json.getString("endsAt")),
        Duration.ofMillis(json.getLong("idleMs")),
        json.getLong("revision"),
        json.getInteger("attributes"),
        json.getInteger("bytes"));
  }
}
