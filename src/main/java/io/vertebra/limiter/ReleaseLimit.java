package io.vertebra.limiter;

import io.vertebra.api.Fields;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.Optional;

/**
 * Gives back what is held.
 *
 * @param held as it was taken, with its permit
 * @param duration what the work took, for adaptive limits; JSON {@code durationMs}, 0 to 1 day; by
 *     default the time since the take
 * @param dropped whether the work was given up or refused by who was to do it
 */
public record ReleaseLimit(TakeLimit held, Optional<Duration> duration, boolean dropped) {

  /** Of work that was done. */
  public static ReleaseLimit of(TakeLimit held) {
    return new ReleaseLimit(held, Optional.empty(), false);
  }

  static ReleaseLimit from(Fields fields) {
    Optional<Duration> duration =
        fields
            .millis("durationMs", 0, ConcurrencyLimit.MOST_LEASE_MS)
            .about("What the work took, for adaptive limits; by default the time since the take.")
            .optional();
    boolean dropped =
        fields
            .flag("dropped")
            .about("Whether the work was given up or refused, for adaptive limits.")
            .orElse(false);
    TakeLimit held = TakeLimit.from(fields);
    return fields.build(() -> new ReleaseLimit(held, duration, dropped));
  }

  JsonObject toJson() {
    JsonObject json = held.toJson().put("dropped", dropped);
    duration.ifPresent(given -> json.put("durationMs", given.toMillis()));
    return json;
  }
}
