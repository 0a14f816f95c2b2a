package io.vertebra.balancer;

import io.vertebra.api.Fields;
import io.vertx.core.json.JsonObject;
import java.time.Duration;

/**
 * Takes an endpoint out for a while when requests to it fail (passive check).
 *
 * @param consecutiveFailures that eject, 0 to 1000; 0 never ejects; default 5
 * @param base how long the first ejection lasts, 1 ms to 1 h, each further one as much longer;
 *     default 10 s
 * @param max longest ejection, 1 ms to 24 h, not below {@code base}; default 5 min
 * @param maxShare most of the endpoints ejected at once, 0 to 1; default 0.5. One of two or more
 *     may always be ejected, and never all
 */
public record Ejection(int consecutiveFailures, Duration base, Duration max, double maxShare) {

  static final Ejection DEFAULT =
      new Ejection(5, Duration.ofSeconds(10), Duration.ofMinutes(5), 0.5);

  public Ejection {
    Rules.range("/consecutiveFailures", consecutiveFailures, 0, 1000);
    Rules.millis("/baseMs", base, 1, 3_600_000);
    Rules.millis("/maxMs", max, 1, 86_400_000);
    Rules.require(base.compareTo(max) <= 0, "/maxMs", "must not be less than baseMs");
    Rules.range("/maxShare", maxShare, 0, 1);
  }

  public static Ejection from(Fields fields) {
    int failures =
        fields
            .integer("consecutiveFailures", 0, 1000)
            .about("Failures in a row that eject an endpoint; 0 never ejects.")
            .orElse(DEFAULT.consecutiveFailures);
    Duration base =
        fields
            .millis("baseMs", 1, 3_600_000)
            .about("How long the first ejection lasts; further ones are multiples.")
            .orElse(DEFAULT.base);
    Duration max =
        fields.millis("maxMs", 1, 86_400_000).about("Longest ejection.").orElse(DEFAULT.max);
    double share =
        fields
            .number("maxShare", 0, 1)
            .about("Most of the endpoints ejected at once.")
            .orElse(DEFAULT.maxShare);
    return fields.build(() -> new Ejection(failures, base, max, share));
  }

  /** How many of {@code endpoints} may be ejected at once. */
  int limit(int endpoints) {
    return Math.max(0, Math.min(endpoints - 1, Math.max(1, (int) (maxShare * endpoints))));
  }

  public JsonObject toJson() {
    return new JsonObject()
        .put("consecutiveFailures", consecutiveFailures)
        .put("baseMs", base.toMillis())
        .put("maxMs", max.toMillis())
        .put("maxShare", maxShare);
  }
}
