package io.vertebra.schedule;

import io.vertebra.api.Fields;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * What became of an occurrence, or of several in a row that did not run for the same reason.
 *
 * @param sequence of this among all results of the schedule, from 1
 * @param occurrence its id; of several that of the first
 * @param nominal the time that it stands for
 * @param at when it was decided
 * @param others how many more there are after it of which the same is true; -1 for very many
 * @param ran when and how, if it ran at all
 * @param detail what the last attempt failed with; empty if it did not
 */
public record Past(
    long sequence,
    String occurrence,
    Instant nominal,
    Instant at,
    Result result,
    int others,
    Optional<Ran> ran,
    String detail) {

  /**
   * How it ran.
   *
   * @param firedAt when the first attempt began
   * @param took until the last attempt ended
   * @param node that saw it end
   */
  public record Ran(Instant firedAt, Duration took, int attempts, Cause cause, String node) {}

  static Past from(JsonObject json) {
    return new Past(
        json.getLong("sequence"),
        json.getString("occurrence"),
        Instant.parse(json.getString("nominal")),
        Instant.parse(json.getString("at")),
        Words.constant(Result.class, json.getString("result")),
        json.getInteger("others", 0),
        Optional.ofNullable(json.getString("firedAt")).map(at -> ran(at, json)),
        json.getString("detail", ""));
  }

  private static Ran ran(String firedAt, JsonObject json) {
    return new Ran(
        Instant.parse(firedAt),
        Duration.ofMillis(json.getLong("durationMs")),
        json.getInteger("attempts"),
        Words.constant(Cause.class, json.getString("cause")),
        json.getString("node"));
  }

  JsonObject toJson() {
    JsonObject json =
        new JsonObject()
            .put("sequence", sequence)
            .put("occurrence", occurrence)
            .put("nominal", nominal.toString())
            .put("at", at.toString())
            .put("result", Fields.word(result));
    if (others != 0) {
      json.put("others", others);
    }
    ran.ifPresent(
        how ->
            json.put("firedAt", how.firedAt().toString())
                .put("durationMs", how.took().toMillis())
                .put("attempts", how.attempts())
                .put("cause", Fields.word(how.cause()))
                .put("node", how.node()));
    return detail.isEmpty() ? json : json.put("detail", detail);
  }
}
