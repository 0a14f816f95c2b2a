package io.vertebra.balancer;

import io.vertebra.api.Fields;
import io.vertx.core.json.JsonObject;
import java.time.Duration;

/**
 * How long a request may take.
 *
 * @param firstByte from the end of the request to the response's status, 1 ms to 1 h; default 30 s
 * @param idle without a byte either way while a body flows, 1 ms to 1 h; default 60 s
 */
public record Timeouts(Duration firstByte, Duration idle) {

  static final Timeouts DEFAULT = new Timeouts(Duration.ofSeconds(30), Duration.ofSeconds(60));

  public Timeouts {
    Rules.millis("/firstByteMs", firstByte, 1, 3_600_000);
    Rules.millis("/idleMs", idle, 1, 3_600_000);
  }

  public static Timeouts from(Fields fields) {
    Duration firstByte =
        fields
            .millis("firstByteMs", 1, 3_600_000)
            .about("From the end of the request to the response's status.")
            .orElse(DEFAULT.firstByte);
    Duration idle =
        fields
            .millis("idleMs", 1, 3_600_000)
            .about("Without a byte either way while a body flows.")
            .orElse(DEFAULT.idle);
    return fields.build(() -> new Timeouts(firstByte, idle));
  }

  public JsonObject toJson() {
    return new JsonObject().put("firstByteMs", firstByte.toMillis()).put("idleMs", idle.toMillis());
  }
}
