package io.vertebra.schedule;

import io.vertebra.api.Fields;
import io.vertx.core.json.JsonObject;
import java.time.Duration;

/**
 * What becomes of occurrences whose time passed while no node could fire them.
 *
 * @param grace how late an occurrence may be to be fired as if it were not; JSON {@code graceMs}, 1
 *     s to 30 days, 1 min unless given
 * @param limit most that {@link Policy#CATCH_UP} fires, the latest ones, 1 to 100, 10 unless given
 */
public record Misfire(Policy policy, Duration grace, int limit) {
  static final Misfire DEFAULT = new Misfire(Policy.RUN_ONCE, Duration.ofMinutes(1), 10);

  /** Which of them are fired. */
  public enum Policy {
    /** None. */
    SKIP,
    /** The last of them. */
    RUN_ONCE,
    /** The last ones, one after another. */
    CATCH_UP
  }

  static Misfire from(Fields fields) {
    Policy policy =
        fields
            .choice("policy", Policy.class)
            .about("Which of the missed occurrences are fired.")
            .orElse(DEFAULT.policy);
    Duration grace =
        fields
            .millis("graceMs", 1_000, Duration.ofDays(30).toMillis())
            .about("How late an occurrence may be without being missed.")
            .orElse(DEFAULT.grace);
    int limit =
        fields.integer("limit", 1, 100).about("Most that are caught up.").orElse(DEFAULT.limit);
    return fields.build(() -> new Misfire(policy, grace, limit));
  }

  JsonObject toJson() {
    return new JsonObject()
        .put("policy", Fields.word(policy))
        .put("graceMs", grace.toMillis())
        .put("limit", limit);
  }
}
