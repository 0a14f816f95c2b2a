package io.vertebra.queue;

import io.vertebra.api.Fields;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Locale;

/**
 * How far a redrive is.
 *
 * @param examined messages looked at
 * @param matched that the filter let through
 * @param moved to the other queue
 * @param failed that could not be moved, as where the other queue is not there; they stay
 * @param samples ids of the first that matched
 * @param detail why the last one failed; empty if none did
 */
public record RedriveState(
    Status status,
    long examined,
    long matched,
    long moved,
    long failed,
    List<String> samples,
    String detail) {
  static final int MAX_SAMPLES = 10;

  /** Where it is. */
  public enum Status {
    PREVIEW,
    RUNNING,
    DONE,
    CANCELLED
  }

  public RedriveState {
    samples = List.copyOf(samples);
  }

  JsonObject toJson() {
    return new JsonObject()
        .put("status", Fields.word(status))
        .put("examined", examined)
        .put("matched", matched)
        .put("moved", moved)
        .put("failed", failed)
        .put("samples", new JsonArray(samples))
        .put("detail", detail);
  }

  static RedriveState from(JsonObject json) {
    return new RedriveState(
        Status.valueOf(json.getString("status").toUpperCase(Locale.ROOT)),
        json.getLong("examined"),
        json.getLong("matched"),
        json.getLong("moved"),
        json.getLong("failed"),
        json.getJsonArray("samples").stream().map(String::valueOf).toList(),
        json.getString("detail"));
  }
}
