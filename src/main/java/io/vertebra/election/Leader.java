package io.vertebra.election;

import io.vertx.core.json.JsonObject;
import java.time.Instant;

/**
 * Who leads.
 *
 * @param name of the election
 * @param term greater than those of all leaders before
 * @param value what it proclaimed
 * @param since when it was elected, by the clock of the node that it asked
 */
public record Leader(String name, String candidate, long term, String value, Instant since) {

  JsonObject toJson() {
    return new JsonObject()
        .put("name", name)
        .put("candidate", candidate)
        .put("term", term)
        .put("value", value)
        .put("since", since.toString());
  }

  static Leader from(JsonObject json) {
    return new Leader(
        json.getString("name"),
        json.getString("candidate"),
        json.getLong("term"),
        json.getString("value"),
        Instant.parse(json.getString("since")));
  }
}
