package io.vertebra.schedule.cron;

import io.vertebra.api.Fields;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.time.LocalDateTime;
import java.util.Locale;

/**
 * A time at which nothing fires although the expression names it.
 *
 * @param at when it would have been; of a time in a gap, when the gap is
 * @param nominal the local time that the expression names
 */
public record Skipped(Instant at, LocalDateTime nominal, SkipReason reason) {

  public JsonObject toJson() {
    return new JsonObject()
        .put("at", at.toString())
        .put("nominal", nominal.toString())
        .put("reason", Fields.word(reason));
  }

  static Skipped from(JsonObject json) {
    String word = json.getString("reason").toUpperCase(Locale.ROOT).replace('-', '_');
    return new Skipped(
        Instant.parse(json.getString("at")),
        LocalDateTime.parse(json.getString("nominal")),
        SkipReason.valueOf(word));
  }
}
