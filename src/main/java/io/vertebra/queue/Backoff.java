package io.vertebra.queue;

import io.vertebra.api.Failure;
import io.vertebra.api.Fields;
import io.vertx.core.json.JsonObject;
import java.time.Duration;

/**
 * How long a message rests after a failed attempt.
 *
 * @param min after the first one; JSON {@code minMs}, 0 to 12 h, default 1 s
 * @param max at most; JSON {@code maxMs}, {@code min} to 7 d, default 5 min
 * @param factor by which each rest is longer than the one before, 1 to 10, default 2
 */
public record Backoff(Duration min, Duration max, double factor) {
  public static final Backoff DEFAULT =
      new Backoff(Duration.ofSeconds(1), Duration.ofMinutes(5), 2);

  public Backoff {
    if (max.compareTo(min) < 0) {
      throw Failure.invalid("/maxMs", "must not be less than minMs");
    }
  }

  static Backoff from(Fields fields) {
    Duration min =
        fields
            .millis("minMs", 0, Duration.ofHours(12).toMillis())
            .about("The rest after the first failed attempt.")
            .orElse(DEFAULT.min);
    Duration max =
        fields
            .millis("maxMs", 0, Duration.ofDays(7).toMillis())
            .about("The longest rest.")
            .orElse(min.compareTo(DEFAULT.max) > 0 ? min : DEFAULT.max);
    double factor =
        fields
            .number("factor", 1, 10)
            .about("By how much a rest is longer than the one before.")
            .orElse(DEFAULT.factor);
    return fields.build(() -> new Backoff(min, max, factor));
  }

  JsonObject toJson() {
    return new JsonObject()
        .put("minMs", min.toMillis())
        .put("maxMs", max.toMillis())
        .put("factor", factor);
  }

  /**
   * Milliseconds of the rest.
   *
   * @param attempts made so far, at least 1
   */
  long millis(int attempts) {
    double wanted = min.toMillis() * Math.pow(factor, Math.max(0, attempts - 1));
    return (long) Math.min(wanted, (double) max.toMillis());
  }
}
