package io.vertebra.election;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Optional;

/**
 * An election at one moment.
 *
 * @param leader empty if nobody leads
 * @param candidates those who wait to lead, in the order in which they would
 * @param storeRevision of the store when it was so
 */
public record ElectionState(
    String name, Optional<Leader> leader, List<String> candidates, long storeRevision) {

  public ElectionState {
    candidates = List.copyOf(candidates);
  }

  JsonObject toJson() {
    JsonObject json =
        new JsonObject()
            .put("name", name)
            .put("elected", leader.isPresent())
            .put("candidates", new JsonArray(candidates))
            .put("storeRevision", storeRevision);
    leader.ifPresent(present -> json.put("leader", present.toJson()));
    return json;
  }

  /** What was answered, or told to an observer. */
  public static ElectionState from(JsonObject json) {
    return new ElectionState(
        json.getString("name"),
        Optional.ofNullable(json.getJsonObject("leader")).map(Leader::from),
        json.getJsonArray("candidates").stream().map(String.class::cast).toList(),
        json.getLong("storeRevision"));
  }
}
