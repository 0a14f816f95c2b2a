package io.vertebra.task;

import io.vertebra.api.Fields;
import java.time.Duration;

/**
 * The section {@code task}.
 *
 * @param maxTasks most tasks, those that have ended and are kept included; 1 to 10,000,000, default
 *     100,000
 * @param keep how long the record of a task that has ended is kept; JSON {@code keepMs}, 1 s to 1
 *     year, default 1 day
 * @param maxKept most such records, of which the oldest go first; 0 to 1,000,000, default 10,000
 */
public record TaskOptions(int maxTasks, Duration keep, int maxKept) {

  public static TaskOptions from(Fields fields) {
    int maxTasks =
        fields
            .integer("maxTasks", 1, 10_000_000)
            .about("Most tasks, those that have ended and are kept included.")
            .orElse(100_000);
    Duration keep =
        fields
            .millis("keepMs", 1_000, Duration.ofDays(365).toMillis())
            .about("How long the record of a task that has ended is kept.")
            .orElse(Duration.ofDays(1));
    int maxKept =
        fields
            .integer("maxKept", 0, 1_000_000)
            .about("Most such records; the oldest go first.")
            .orElse(10_000);
    return fields.build(() -> new TaskOptions(maxTasks, keep, maxKept));
  }
}
