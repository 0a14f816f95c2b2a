package io.vertebra.schedule.cron;

import io.vertebra.api.Failure;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * Fires at an anchor and then at a steady rate, whatever the runs take and the local clocks do.
 *
 * @param every from firing to firing, in whole milliseconds; JSON {@code everyMs}, 100 ms to 10
 *     years
 * @param anchor the first firing; JSON {@code anchor}, the epoch if absent, so that firings are at
 *     round times in UTC
 */
public record FixedRate(Duration every, Instant anchor) implements Timetable {
  static final Duration LEAST = Duration.ofMillis(100);

  public FixedRate {
    if (every.compareTo(LEAST) < 0) {
      throw Failure.invalid("/everyMs", "must be at least " + LEAST.toMillis());
    }
    Instants.check(anchor, "/anchor");
  }

  @Override
  public Optional<Firing> next(Instant after) {
    if (after.isBefore(anchor)) {
      return Instants.within(anchor).map(Firing::regular);
    }
    if (after.isAfter(Instants.LATEST)) {
      return Optional.empty();
    }
    long rounds = Duration.between(anchor, after).toMillis() / every.toMillis() + 1;
    return Instants.within(anchor.plusMillis(rounds * every.toMillis())).map(Firing::regular);
  }

  @Override
  public JsonObject toJson() {
    return new JsonObject().put("everyMs", every.toMillis()).put("anchor", anchor.toString());
  }
}
