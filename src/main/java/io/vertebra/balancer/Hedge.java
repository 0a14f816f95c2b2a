package io.vertebra.balancer;

import io.vertebra.api.Fields;
import io.vertx.core.json.JsonObject;
import java.time.Duration;

/**
 * Whether a slow request that may be repeated is sent to a second endpoint as well.
 *
 * @param after how long the first may take before that, up to 60 s; 0 (default): never
 */
public record Hedge(Duration after) {

  static final Hedge DEFAULT = new Hedge(Duration.ZERO);

  public Hedge {
    Rules.millis("/afterMs", after, 0, 60_000);
  }

  public static Hedge from(Fields fields) {
    Duration after =
        fields
            .millis("afterMs", 0, 60_000)
            .about("How long the first attempt may take before a second is sent; 0: never.")
            .orElse(DEFAULT.after);
    return fields.build(() -> new Hedge(after));
  }

  public boolean enabled() {
    return !after.isZero();
  }

  public JsonObject toJson() {
    return new JsonObject().put("afterMs", after.toMillis());
  }
}
