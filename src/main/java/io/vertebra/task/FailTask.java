package io.vertebra.task;

import io.vertebra.api.Fields;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.Optional;

/**
 * Says that an attempt failed.
 *
 * @param reason for people, at most 500 characters
 * @param isFinal whether it is no use to try again; JSON {@code final}, default false
 * @param delay how long it rests before the next attempt; JSON {@code delayMs}, 0 to 30 days;
 *     unless given 1 s after the first, then twice as long each time, up to 5 min
 */
public record FailTask(
    String id, String receipt, String reason, boolean isFinal, Optional<Duration> delay) {

  /** A failure after which it can be tried again. */
  public static FailTask of(ClaimedTask task, String reason) {
    return new FailTask(task.task().id(), task.receipt(), reason, false, Optional.empty());
  }

  /** The same, but for good. */
  public FailTask forGood() {
    return new FailTask(id, receipt, reason, true, delay);
  }

  static FailTask from(Fields fields) {
    String id = TaskFields.id(fields).required();
    String receipt = TaskFields.receipt(fields);
    String reason =
        fields.text("reason", 0, TaskFields.MAX_TEXT).about("Why, for people.").orElse("");
    boolean isFinal =
        fields.flag("final").about("Whether it is no use to try again.").orElse(false);
    Optional<Duration> delay =
        fields
            .millis("delayMs", 0, Duration.ofDays(30).toMillis())
            .about("How long it rests before the next attempt.")
            .optional();
    return fields.build(() -> new FailTask(id, receipt, reason, isFinal, delay));
  }

  JsonObject toJson() {
    JsonObject json =
        new JsonObject()
            .put("id", id)
            .put("receipt", receipt)
            .put("reason", reason)
            .put("final", isFinal);
    delay.ifPresent(time -> json.put("delayMs", time.toMillis()));
    return json;
  }
}
