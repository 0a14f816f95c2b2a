package io.vertebra.schedule.cron;

import io.vertebra.api.Fields;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.Locale;

/**
 * A time at which something fires.
 *
 * @param at when; no timetable has two firings at one instant, so it identifies the occurrence
 * @param nominal the local time that was asked for: in the timetable's zone, or UTC where it has
 *     none
 */
public record Firing(Instant at, LocalDateTime nominal, FiringReason reason) {

  /** One for which no local time was asked. */
  static Firing regular(Instant at) {
    return new Firing(at, LocalDateTime.ofInstant(at, ZoneOffset.UTC), FiringReason.REGULAR);
  }

  public JsonObject toJson() {
    return new JsonObject()
        .put("at", at.toString())
        .put("nominal", nominal.toString())
        .put("reason", Fields.word(reason));
  }

  static Firing from(JsonObject json) {
    String word = json.getString("reason").toUpperCase(Locale.ROOT).replace('-', '_');
    return new Firing(
        Instant.parse(json.getString("at")),
        LocalDateTime.parse(json.getString("nominal")),
        FiringReason.valueOf(word));
  }
}
