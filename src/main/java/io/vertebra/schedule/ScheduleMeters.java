package io.vertebra.schedule;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.vertebra.api.Fields;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;

/** What is counted on the node that leads. */
final class ScheduleMeters {
  private final Map<Result, Counter> results = new EnumMap<>(Result.class);
  private final Timer delay;
  private final Counter attempts;
  private final Counter alarms;
  final AtomicInteger schedules = new AtomicInteger();
  final AtomicInteger running = new AtomicInteger();
  final AtomicInteger waiting = new AtomicInteger();
  final AtomicInteger leads = new AtomicInteger();

  ScheduleMeters(MeterRegistry meters) {
    for (Result result : Result.values()) {
      results.put(
          result,
          Counter.builder("vertebra.schedule.results")
              .description("Results of occurrences")
              .tag("result", Fields.word(result))
              .register(meters));
    }
    this.delay =
        Timer.builder("vertebra.schedule.delay")
            .description("From the time of an occurrence to the call of its target")
            .serviceLevelObjectives(
                Duration.ofMillis(10),
                Duration.ofMillis(20),
                Duration.ofMillis(50),
                Duration.ofMillis(100),
                Duration.ofSeconds(1),
                Duration.ofSeconds(10))
            .register(meters);
    this.attempts =
        Counter.builder("vertebra.schedule.attempts")
            .description("Calls of targets begun")
            .register(meters);
    this.alarms =
        Counter.builder("vertebra.schedule.alarms")
            .description("Schedules without a success for too long")
            .register(meters);
    gauge(meters, "vertebra.schedule.schedules", schedules, "Schedules that this node knows");
    gauge(meters, "vertebra.schedule.running", running, "Calls of targets under way");
    gauge(
        meters, "vertebra.schedule.waiting", waiting, "Schedules that wait until others are done");
    gauge(meters, "vertebra.schedule.leads", leads, "1 if this node fires schedules");
  }

  private static void gauge(
      MeterRegistry meters, String name, AtomicInteger value, String description) {
    Gauge.builder(name, value, AtomicInteger::get).description(description).register(meters);
  }

  void ended(Past past) {
    int count = past.others() < 0 ? 1 : past.others() + 1;
    Objects.requireNonNull(results.get(past.result())).increment(count);
  }

  void attempt() {
    attempts.increment();
  }

  void fired(Duration late) {
    delay.record(late.isNegative() ? Duration.ZERO : late);
  }

  void alarm() {
    alarms.increment();
  }
}
