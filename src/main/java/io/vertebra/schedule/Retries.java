package io.vertebra.schedule;

import io.vertebra.api.Fields;
import io.vertx.core.json.JsonObject;
import java.time.Duration;

/**
 * How often a run that fails is tried.
 *
 * @param maxAttempts in all, 1 to 100, 1 unless given
 * @param backoff before the second attempt, doubled for each further one; JSON {@code backoffMs},
 *     10 ms to 1 h, 1 s unless given
 * @param maxBackoff most between attempts; JSON {@code maxBackoffMs}, 10 ms to 1 day, 5 min unless
 *     given
 */
public record Retries(int maxAttempts, Duration backoff, Duration maxBackoff) {
  static final Retries DEFAULT = new Retries(1, Duration.ofSeconds(1), Duration.ofMinutes(5));
  private static final int MOST_DOUBLINGS = 30;

  static Retries from(Fields fields) {
    int maxAttempts =
        fields
            .integer("maxAttempts", 1, 100)
            .about("Attempts in all; 1 for no retry.")
            .orElse(DEFAULT.maxAttempts);
    Duration backoff =
        fields
            .millis("backoffMs", 10, 3_600_000)
            .about("Before the second attempt; doubled for each further one.")
            .orElse(DEFAULT.backoff);
    Duration maxBackoff =
        fields
            .millis("maxBackoffMs", 10, 86_400_000)
            .about("Most between attempts.")
            .orElse(DEFAULT.maxBackoff);
    return fields.build(() -> new Retries(maxAttempts, backoff, maxBackoff));
  }

  /** How long to wait after so many attempts that failed. */
  Duration after(int attempts) {
    long factor = 1L << Math.min(attempts - 1, MOST_DOUBLINGS);
    Duration doubled = backoff.multipliedBy(factor);
    return doubled.compareTo(maxBackoff) < 0 ? doubled : maxBackoff;
  }

  JsonObject toJson() {
    return new JsonObject()
        .put("maxAttempts", maxAttempts)
        .put("backoffMs", backoff.toMillis())
        .put("maxBackoffMs", maxBackoff.toMillis());
  }
}
