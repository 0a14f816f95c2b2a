package io.vertebra.balancer;

import io.vertebra.api.Fields;
import io.vertx.core.json.JsonObject;

/**
 * How often a request that may be repeated is tried again, and the {@link RetryBudget}.
 *
 * @param attempts beyond the first, 0 to 10; default 2
 * @param budgetPercent retries per hundred requests, 0 to 100; default 20
 * @param budgetMinPerSecond retries allowed whatever the traffic, 0 to 1000; default 3
 */
public record Retry(int attempts, int budgetPercent, int budgetMinPerSecond) {

  static final Retry DEFAULT = new Retry(2, 20, 3);

  public Retry {
    Rules.range("/attempts", attempts, 0, 10);
    Rules.range("/budgetPercent", budgetPercent, 0, 100);
    Rules.range("/budgetMinPerSecond", budgetMinPerSecond, 0, 1000);
  }

  public static Retry from(Fields fields) {
    int attempts =
        fields.integer("attempts", 0, 10).about("Beyond the first.").orElse(DEFAULT.attempts);
    int percent =
        fields
            .integer("budgetPercent", 0, 100)
            .about("Retries per hundred requests.")
            .orElse(DEFAULT.budgetPercent);
    int minPerSecond =
        fields
            .integer("budgetMinPerSecond", 0, 1000)
            .about("Retries allowed whatever the traffic.")
            .orElse(DEFAULT.budgetMinPerSecond);
    return fields.build(() -> new Retry(attempts, percent, minPerSecond));
  }

  public JsonObject toJson() {
    return new JsonObject()
        .put("attempts", attempts)
        .put("budgetPercent", budgetPercent)
        .put("budgetMinPerSecond", budgetMinPerSecond);
  }
}
