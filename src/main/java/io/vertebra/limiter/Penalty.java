package io.vertebra.limiter;

import io.vertebra.api.Failure;
import io.vertebra.api.Fields;
import io.vertx.core.json.JsonObject;
import java.time.Duration;

/**
 * What a key gets that goes on after it was refused.
 *
 * @param afterRefusals how many in a row, 1 to 1,000,000; 0 for no penalty at all
 * @param period how long the key is then refused whatever it asks; JSON {@code periodMs}, 1 ms to
 *     31 days
 */
public record Penalty(int afterRefusals, Duration period) {
  /** No penalty. */
  public static final Penalty NONE = new Penalty(0, Duration.ZERO);

  private static final int MOST_REFUSALS = 1_000_000;

  public Penalty {
    if (afterRefusals < 0 || afterRefusals > MOST_REFUSALS) {
      throw Failure.invalid("/afterRefusals", "must be 0 to " + MOST_REFUSALS);
    }
  }

  static Penalty from(Fields fields) {
    int refusals =
        fields.integer("afterRefusals", 1, MOST_REFUSALS).about("Refusals in a row.").required();
    Duration period =
        fields
            .millis("periodMs", 1, LimitReader.MOST_PERIOD_MS)
            .about("How long the key is then refused.")
            .required();
    return fields.build(() -> new Penalty(refusals, period));
  }

  JsonObject toJson() {
    return new JsonObject().put("afterRefusals", afterRefusals).put("periodMs", period.toMillis());
  }
}
