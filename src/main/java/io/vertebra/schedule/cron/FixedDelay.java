package io.vertebra.schedule.cron;

import io.vertebra.api.Failure;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * Fires a while after the end of the last run, so that runs never follow more closely.
 *
 * @param delay from the end of a run to the next, in whole milliseconds; JSON {@code delayMs}, 1 ms
 *     to 10 years
 */
public record FixedDelay(Duration delay) implements Timetable {

  public FixedDelay {
    if (delay.isNegative() || delay.isZero()) {
      throw Failure.invalid("/delayMs", "must be at least 1");
    }
  }

  /**
   * @param after the end of the last run, or when the first may be reckoned from
   */
  @Override
  public Optional<Firing> next(Instant after) {
    return Instants.within(after)
        .flatMap(end -> Instants.within(end.plus(delay)))
        .map(Firing::regular);
  }

  @Override
  public JsonObject toJson() {
    return new JsonObject().put("delayMs", delay.toMillis());
  }
}
