package io.vertebra.balancer;

import io.vertebra.api.Fields;
import io.vertx.core.json.JsonObject;
import java.time.Duration;

/**
 * Options of the {@link CircuitBreaker} each endpoint has.
 *
 * @param failureRatio share of failures in the window that opens it, 0.01 to 1; default 0.5
 * @param minRequests ended in the window before the ratio means anything, 1 to 100,000; default 20
 * @param window how far back it looks, 100 ms to 10 min; default 10 s
 * @param open how long it lets nothing through, 1 ms to 1 h; default 5 s
 * @param trials requests that must succeed before it closes again, 1 to 100; default 3
 */
public record Breaker(
    double failureRatio, int minRequests, Duration window, Duration open, int trials) {

  static final Breaker DEFAULT =
      new Breaker(0.5, 20, Duration.ofSeconds(10), Duration.ofSeconds(5), 3);

  public Breaker {
    Rules.range("/failureRatio", failureRatio, 0.01, 1);
    Rules.range("/minRequests", minRequests, 1, 100_000);
    Rules.millis("/windowMs", window, 100, 600_000);
    Rules.millis("/openMs", open, 1, 3_600_000);
    Rules.range("/trials", trials, 1, 100);
  }

  public static Breaker from(Fields fields) {
    double ratio =
        fields
            .number("failureRatio", 0.01, 1)
            .about("Share of failures in the window that opens the breaker.")
            .orElse(DEFAULT.failureRatio);
    int minRequests =
        fields
            .integer("minRequests", 1, 100_000)
            .about("Requests in the window before the ratio means anything.")
            .orElse(DEFAULT.minRequests);
    Duration window =
        fields
            .millis("windowMs", 100, 600_000)
            .about("How far back it looks.")
            .orElse(DEFAULT.window);
    Duration open =
        fields
            .millis("openMs", 1, 3_600_000)
            .about("How long it lets nothing through.")
            .orElse(DEFAULT.open);
    int trials =
        fields
            .integer("trials", 1, 100)
            .about("Requests that must succeed before it closes again.")
            .orElse(DEFAULT.trials);
    return fields.build(() -> new Breaker(ratio, minRequests, window, open, trials));
  }

  public JsonObject toJson() {
    return new JsonObject()
        .put("failureRatio", failureRatio)
        .put("minRequests", minRequests)
        .put("windowMs", window.toMillis())
        .put("openMs", open.toMillis())
        .put("trials", trials);
  }
}
