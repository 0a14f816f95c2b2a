package io.vertebra.schedule.cron;

import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.Optional;

/**
 * Fires one time.
 *
 * @param at when; JSON {@code at}, or {@code afterMs} from the time of reading
 */
public record Once(Instant at) implements Timetable {

  public Once {
    Instants.check(at, "/at");
  }

  @Override
  public Optional<Firing> next(Instant after) {
    return after.isBefore(at) ? Optional.of(Firing.regular(at)) : Optional.empty();
  }

  @Override
  public JsonObject toJson() {
    return new JsonObject().put("at", at.toString());
  }
}
