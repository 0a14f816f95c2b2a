package io.vertebra.election;

import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.time.Instant;

/**
 * What a leader is told.
 *
 * @param fence what a write says to be refused once another leads
 * @param expiresAt when the leader must have proclaimed again, by the clock of the node asked
 * @param safe how long from the answer on it may rely on leading; JSON {@code safeUntilMs}
 * @param waited how long it campaigned; JSON {@code waitedMs}
 */
public record Elected(
    Leader leader, String fence, Instant expiresAt, Duration safe, Duration waited) {

  JsonObject toJson() {
    return leader
        .toJson()
        .put("fence", fence)
        .put("expiresAt", expiresAt.toString())
        .put("safeUntilMs", safe.toMillis())
        .put("waitedMs", waited.toMillis());
  }

  static Elected from(JsonObject json) {
    return new Elected(
        Leader.from(json),
        json.getString("fence"),
        Instant.parse(json.getString("expiresAt")),
        Duration.ofMillis(json.getLong("safeUntilMs")),
        Duration.ofMillis(json.getLong("waitedMs")));
  }
}
