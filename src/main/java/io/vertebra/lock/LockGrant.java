package io.vertebra.lock;

import io.vertebra.api.Fields;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.time.Instant;

/**
 * A lock that is held.
 *
 * @param fence of an exclusive lock: what a write says to be refused once another owner was granted
 *     it
 * @param expiresAt when the owner must have renewed, by the clock of the node asked
 * @param safe how long from the answer on the owner may rely on it: the lease but for the time that
 *     the way took, and not the answer's way to the owner; JSON {@code safeUntilMs}
 * @param waited how long it was waited for; JSON {@code waitedMs}
 */
public record LockGrant(
    Holding holding, String fence, Instant expiresAt, Duration safe, Duration waited) {

  static LockGrant from(JsonObject answer) {
    JsonObject json = answer.copy();
    Instant expiresAt = Instant.parse((String) json.remove("expiresAt"));
    Duration safe = Duration.ofMillis(((Number) json.remove("safeUntilMs")).longValue());
    Duration waited = Duration.ofMillis(((Number) json.remove("waitedMs")).longValue());
    Object fence = json.remove("fence");
    return new LockGrant(
        Holding.from(Fields.of(json)),
        fence == null ? "" : fence.toString(),
        expiresAt,
        safe,
        waited);
  }

  JsonObject toJson() {
    JsonObject json = holding.toJson();
    if (holding.terms().mode() == LockMode.EXCLUSIVE) {
      json.put("fence", fence);
    }
    return json.put("expiresAt", expiresAt.toString())
        .put("safeUntilMs", safe.toMillis())
        .put("waitedMs", waited.toMillis());
  }
}
