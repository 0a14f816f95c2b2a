package io.vertebra.task;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertebra.api.Fields;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;

/** What is counted. */
final class TaskMeters {

  /** What may happen to a task. */
  enum Event {
    SUBMITTED,
    CLAIMED,
    RETRIED,
    SUCCEEDED,
    FAILED,
    CANCELLED
  }

  private final Map<Event, Counter> events = new EnumMap<>(Event.class);
  final AtomicLong tasks = new AtomicLong();
  final AtomicLong kept = new AtomicLong();

  TaskMeters(MeterRegistry meters) {
    for (Event event : Event.values()) {
      events.put(
          event,
          Counter.builder("vertebra.task.events")
              .description("What happened to tasks")
              .tag("event", Fields.word(event))
              .register(meters));
    }
    Gauge.builder("vertebra.task.tasks", tasks, AtomicLong::get)
        .description("Tasks, those that have ended and are kept included")
        .register(meters);
    Gauge.builder("vertebra.task.kept", kept, AtomicLong::get)
        .description("Tasks that have ended and are kept")
        .register(meters);
  }

  void count(Event event) {
    Objects.requireNonNull(events.get(event)).increment();
  }

  /** Counts how a task changed. */
  void changed(Task before, Task after) {
    if (after.state().isEnd() && !before.state().isEnd()) {
      count(Event.valueOf(after.state().name()));
    } else if (after.attempts() > before.attempts()) {
      count(Event.CLAIMED);
    } else if (after.state() == TaskState.QUEUED && before.state() == TaskState.RUNNING) {
      count(Event.RETRIED);
    }
  }
}
