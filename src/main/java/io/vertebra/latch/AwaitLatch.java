package io.vertebra.latch;

import io.vertebra.api.Call;
import io.vertebra.api.Fields;
import io.vertx.core.json.JsonObject;
import java.time.Duration;

/**
 * Asks for a latch.
 *
 * @param patience how long to wait until it is open, at most 10 min; JSON {@code waitMs}, 0 unless
 *     given
 */
public record AwaitLatch(String name, Duration patience) {

  JsonObject toJson() {
    return new JsonObject().put("name", name).put(Call.WAIT, patience.toMillis());
  }

  static AwaitLatch from(Fields fields) {
    String name = Names.read(fields, "name").required();
    Duration patience =
        fields
            .millis(Call.WAIT, 0, 600_000)
            .about("How long to wait until it is open.")
            .orElse(Duration.ZERO);
    return fields.build(() -> new AwaitLatch(name, patience));
  }
}
