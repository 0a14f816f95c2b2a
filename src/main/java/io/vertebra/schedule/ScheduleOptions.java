package io.vertebra.schedule;

import io.vertebra.api.Fields;
import io.vertebra.crypto.KeySource;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * The section {@code schedule}.
 *
 * @param maxSchedules most schedules, 1 to 1,000,000, 200,000 unless given
 * @param maxConcurrent most calls of targets at once, 1 to 10,000, 1,000 unless given
 * @param historySize results kept of each schedule, 1 to {@value #MAX_HISTORY}, 20 unless given
 * @param keys with which secrets of targets are encrypted; the same on all nodes
 */
public record ScheduleOptions(
    int maxSchedules, int maxConcurrent, int historySize, KeySource keys) {
  static final int MAX_HISTORY = 100;
  public static final ScheduleOptions DEFAULTS =
      new ScheduleOptions(
          200_000, 1_000, 20, new KeySource("schedule", List.of(), Optional.empty()));

  public static ScheduleOptions from(Fields fields) {
    int maxSchedules =
        fields
            .integer("maxSchedules", 1, 1_000_000)
            .about("Most schedules.")
            .orElse(DEFAULTS.maxSchedules);
    int maxConcurrent =
        fields
            .integer("maxConcurrent", 1, 10_000)
            .about("Most calls of targets at once; beyond, schedules fire late.")
            .orElse(DEFAULTS.maxConcurrent);
    int historySize =
        fields
            .integer("historySize", 1, MAX_HISTORY)
            .about("Results kept of each schedule; the same on all nodes.")
            .orElse(DEFAULTS.historySize);
    Supplier<KeySource> keys =
        KeySource.reading(
            fields,
            "schedule",
            "Keys that encrypt secrets of targets, id:base64 of 32 bytes, the first for new ones;"
                + " the same on all nodes.");
    return fields.build(
        () -> new ScheduleOptions(maxSchedules, maxConcurrent, historySize, keys.get()));
  }
}
