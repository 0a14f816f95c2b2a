package io.vertebra.queue;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertebra.api.Fields;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;

/**
 * What is counted at the owner, by queue. Only the first {@value #MAX_QUEUES} queues are told
 * apart; what happens to the others is counted as of the queue {@value #OTHERS}. For one thread,
 * but for what is read.
 */
final class QueueMeters {
  static final int MAX_QUEUES = 100;

  /** No queue can have this name. */
  static final String OTHERS = "(others)";

  private final MeterRegistry meters;
  private final Map<String, Counts> counts = new HashMap<>();
  private final Map<String, List<Meter>> gauges = new HashMap<>();

  /** What may happen to a message. */
  enum Event {
    SENT,
    DUPLICATE,
    RECEIVED,
    ACKED,
    RETURNED,
    /** It was given and not settled in time. */
    LATE,
    DEAD,
    /** Its time was over before all groups were done with it. */
    EXPIRED,
    /** It was the oldest of a queue that was full. */
    DROPPED,
    /** It was not taken, for lack of room. */
    REFUSED
  }

  /** The counters of one queue. */
  static final class Counts {
    private final Map<Event, Counter> counters = new EnumMap<>(Event.class);

    void add(Event event, int count) {
      Objects.requireNonNull(counters.get(event)).increment(count);
    }
  }

  QueueMeters(MeterRegistry meters) {
    this.meters = meters;
    counts.put(OTHERS, counts(OTHERS));
  }

  /** The counters of a queue; for any thread. */
  synchronized Counts of(String queue) {
    Counts known = counts.get(queue);
    if (known != null || counts.size() >= MAX_QUEUES) {
      return known == null ? others() : known;
    }
    return counts.computeIfAbsent(queue, this::counts);
  }

  private Counts others() {
    return counts.computeIfAbsent(OTHERS, this::counts);
  }

  private Counts counts(String queue) {
    Counts made = new Counts();
    for (Event event : Event.values()) {
      made.counters.put(
          event,
          Counter.builder("vertebra.queue.messages")
              .description("What happened to messages")
              .tag("queue", queue)
              .tag("event", Fields.word(event))
              .register(meters));
    }
    return made;
  }

  /** Shows how a queue stands, as long as this node is the owner. */
  void follow(String queue, Supplier<QueueView> view) {
    unfollow(queue);
    if (gauges.size() >= MAX_QUEUES) {
      return;
    }
    List<Meter> shown = new ArrayList<>();
    gauges.put(queue, shown);
    shown.add(gauge(queue, "stored", "Messages that are there", view, QueueView::messages));
    shown.add(
        gauge(queue, "ready", "Messages to be received", view, all -> sum(all, GroupView::ready)));
    shown.add(
        gauge(queue, "delayed", "Messages that rest", view, all -> sum(all, GroupView::delayed)));
    shown.add(
        gauge(queue, "in.flight", "Messages received", view, all -> sum(all, GroupView::inFlight)));
    shown.add(
        gauge(
            queue,
            "oldest.seconds",
            "Age of the oldest message that is not done with",
            view,
            all -> all.oldest().toMillis() / 1000.0));
  }

  /** Does not show a queue any more. */
  void unfollow(String queue) {
    List<Meter> shown = gauges.remove(queue);
    if (shown != null) {
      shown.forEach(meters::remove);
    }
  }

  /** Shows no queue any more. */
  void unfollow() {
    List.copyOf(gauges.keySet()).forEach(this::unfollow);
  }

  private Gauge gauge(
      String queue,
      String name,
      String what,
      Supplier<QueueView> view,
      ToDoubleFunction<QueueView> value) {
    return Gauge.builder("vertebra.queue." + name, () -> value.applyAsDouble(view.get()))
        .description(what)
        .tag("queue", queue)
        .strongReference(true)
        .register(meters);
  }

  private static double sum(QueueView view, ToDoubleFunction<GroupView> value) {
    return view.groups().stream().mapToDouble(value).sum();
  }
}
