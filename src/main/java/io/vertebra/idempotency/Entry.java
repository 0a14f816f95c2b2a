package io.vertebra.idempotency;

import io.vertebra.kv.Bytes;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;

/**
 * What the store holds of some work, as JSON.
 *
 * @param token of whoever does it or did it
 * @param expiresAtMs until when the answer is kept, since 1970; 0 while it is under way
 * @param answer of what is completed
 */
record Entry(
    String fingerprint, String owner, long token, long expiresAtMs, Optional<KeptAnswer> answer) {

  static Entry from(Bytes value) {
    JsonObject json = new JsonObject(new String(value.unsafeArray(), StandardCharsets.UTF_8));
    long expiresAtMs = json.getLong("expiresAtMs");
    return new Entry(
        json.getString("fingerprint"),
        json.getString("owner"),
        json.getLong("token"),
        expiresAtMs,
        expiresAtMs == 0 ? Optional.empty() : Optional.of(KeptAnswer.from(json)));
  }

  Bytes toBytes() {
    JsonObject json =
        new JsonObject()
            .put("fingerprint", fingerprint)
            .put("owner", owner)
            .put("token", token)
            .put("expiresAtMs", expiresAtMs);
    return Bytes.utf8(answer.map(kept -> kept.writeTo(json)).orElse(json).encode());
  }

  Entry completed(KeptAnswer given, long keptUntilMs) {
    return new Entry(fingerprint, owner, token, keptUntilMs, Optional.of(given));
  }

  boolean isExpired(long nowMs) {
    return answer.isPresent() && expiresAtMs <= nowMs;
  }

  /** How long the answer is still kept. */
  Duration remaining(long nowMs) {
    return Duration.ofMillis(Math.max(0, expiresAtMs - nowMs));
  }
}
