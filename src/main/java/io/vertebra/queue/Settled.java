package io.vertebra.queue;

import io.vertebra.api.Fields;
import io.vertx.core.json.JsonObject;
import java.util.Locale;

/**
 * What became of a settled message.
 *
 * @param result where it is now
 */
public record Settled(String receipt, Result result) {

  /** Where a settled message is. */
  public enum Result {
    /** This group is done with it. */
    ACKED,
    /** It comes again. */
    RETRIED,
    /** It is with the dead letters, or removed if there are none. */
    DEAD,
    /** It was given for longer. */
    EXTENDED
  }

  JsonObject toJson() {
    return new JsonObject().put("receipt", receipt).put("result", Fields.word(result));
  }

  static Settled from(JsonObject json) {
    String word = json.getString("result").toUpperCase(Locale.ROOT);
    return new Settled(json.getString("receipt"), Result.valueOf(word));
  }
}
