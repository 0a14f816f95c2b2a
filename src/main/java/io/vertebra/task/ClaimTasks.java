package io.vertebra.task;

import io.vertebra.api.Call;
import io.vertebra.api.Failure;
import io.vertebra.api.Fields;
import io.vertebra.api.LongPoll;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.List;

/**
 * Asks for work.
 *
 * @param worker who asks, for people; 1 to 128 characters
 * @param types of work, 1 to 10; those named first are asked for first
 * @param max most tasks, 1 to 20, default 1
 * @param lease how long the worker has them without a heartbeat; JSON {@code leaseMs}, 1 s to 12 h,
 *     default 30 s
 * @param patience how long to wait for the first one; JSON {@code waitMs}, 0 to 60 s, default 0
 */
public record ClaimTasks(
    String worker, List<String> types, int max, Duration lease, Duration patience) {
  static final int MAX_TYPES = 10;
  static final int MAX_TASKS = 20;

  public ClaimTasks {
    types = types.stream().distinct().toList();
    if (types.isEmpty()
        || types.size() > MAX_TYPES
        || !types.stream().allMatch(TaskFields::isType)) {
      throw Failure.invalid("/types", "must hold 1 to " + MAX_TYPES + " types of tasks");
    }
  }

  /** Asks for one task of a type, without waiting. */
  public static ClaimTasks of(String worker, String type) {
    return new ClaimTasks(worker, List.of(type), 1, Duration.ofSeconds(30), Duration.ZERO);
  }

  /** The same with another patience. */
  public ClaimTasks waiting(Duration wanted) {
    return new ClaimTasks(worker, types, max, lease, wanted);
  }

  /** The same with another lease. */
  public ClaimTasks lasting(Duration wanted) {
    return new ClaimTasks(worker, types, max, wanted, patience);
  }

  static ClaimTasks from(Fields fields) {
    String worker =
        fields.text("worker", 1, TaskFields.MAX_WORD).about("Who asks, for people.").required();
    List<String> types =
        fields
            .texts("types", MAX_TYPES, TaskFields.MAX_WORD)
            .about("Types of work; those named first are asked for first.")
            .required();
    int max = fields.integer("max", 1, MAX_TASKS).about("Most tasks.").orElse(1);
    Duration lease = TaskFields.lease(fields);
    Duration patience =
        fields
            .millis(Call.WAIT, 0, LongPoll.MAX_WAIT_MS)
            .about("How long to wait for the first one.")
            .orElse(Duration.ZERO);
    return fields.build(() -> new ClaimTasks(worker, types, max, lease, patience));
  }

  JsonObject toJson() {
    return new JsonObject()
        .put("worker", worker)
        .put("types", new JsonArray(types))
        .put("max", max)
        .put("leaseMs", lease.toMillis())
        .put(Call.WAIT, patience.toMillis());
  }
}
