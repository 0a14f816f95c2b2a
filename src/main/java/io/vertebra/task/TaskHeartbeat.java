package io.vertebra.task;

import io.vertebra.api.Fields;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.Optional;

/**
 * Says that a worker is still at work.
 *
 * @param lease how long from now it has the task; JSON {@code leaseMs}, 1 s to 12 h, default 30 s
 * @param progress for people, at most 500 characters
 */
public record TaskHeartbeat(String id, String receipt, Duration lease, Optional<String> progress) {

  public static TaskHeartbeat of(ClaimedTask task, Duration lease) {
    return new TaskHeartbeat(task.task().id(), task.receipt(), lease, Optional.empty());
  }

  /** The same with a note. */
  public TaskHeartbeat noting(String note) {
    return new TaskHeartbeat(id, receipt, lease, Optional.of(note));
  }

  static TaskHeartbeat from(Fields fields) {
    String id = TaskFields.id(fields).required();
    String receipt = TaskFields.receipt(fields);
    Duration lease = TaskFields.lease(fields);
    Optional<String> progress =
        fields
            .text("progress", 0, TaskFields.MAX_TEXT)
            .about("How far it is, for people.")
            .optional();
    return fields.build(() -> new TaskHeartbeat(id, receipt, lease, progress));
  }

  JsonObject toJson() {
    JsonObject json =
        new JsonObject().put("id", id).put("receipt", receipt).put("leaseMs", lease.toMillis());
    progress.ifPresent(note -> json.put("progress", note));
    return json;
  }
}
