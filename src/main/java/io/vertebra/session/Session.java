package io.vertebra.session;

import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * A session at some moment.
 *
 * @param handle by which others name it; another one after each rotation
 * @param endsAt when it ends whatever happens
 * @param idle without a touch for this long it ends
 * @param revision 1 at first, one more with each change
 */
public record Session(
    String handle,
    Optional<String> principal,
    Instant createdAt,
    Instant endsAt,
    Duration idle,
    long revision,
    JsonObject attributes) {

  JsonObject toJson() {
    JsonObject json = new JsonObject().put("handle", handle);
    principal.ifPresent(name -> json.put("principal", name));
    return json.put("createdAt", createdAt.toString())
        .put("endsAt", endsAt.toString())
        .put("idleMs", idle.toMillis())
        .put("revision", revision)
        .put("attributes", attributes);
  }

  static Session from(JsonObject json) {
    return new Session(
        json.getString("handle"),
        Optional.ofNullable(json.getString("principal")),
        Instant.parse(json.getString("createdAt")),
        Instant.parse(json.getString("endsAt")),
        Duration.ofMillis(json.getLong("idleMs")),
        json.getLong("revision"),
        json.getJsonObject("attributes"));
  }

  /** As those see it who do not have its id: without what it holds. */
  SessionSummary summary() {
    return new SessionSummary(
        handle,
        principal,
        createdAt,
        endsAt,
        idle,
        revision,
        attributes.size(),
        Attributes.bytes(attributes));
  }
}
