package io.vertebra.registry;

import io.vertebra.api.Fields;
import io.vertx.core.json.JsonObject;

/**
 * An instance's share of the calls relative to the others of its service.
 *
 * @param passing while all checks pass, 1 to 65,535
 * @param warning while some only warn, 0 to 65,535
 */
public record Weights(int passing, int warning) {
  public static final Weights DEFAULTS = new Weights(1, 1);
  private static final int MAX = 65_535;

  public Weights {
    new Violations()
        .check(passing >= 1 && passing <= MAX, "/passing", "must be 1 to " + MAX)
        .check(warning >= 0 && warning <= MAX, "/warning", "must be 0 to " + MAX)
        .throwIfAny();
  }

  static Weights from(Fields fields) {
    int passing = fields.integer("passing", 1, MAX).orElse(1);
    int warning = fields.integer("warning", 0, MAX).orElse(1);
    return fields.build(() -> new Weights(passing, warning));
  }

  JsonObject toJson() {
    return new JsonObject().put("passing", passing).put("warning", warning);
  }
}
