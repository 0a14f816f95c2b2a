package io.vertebra.raft;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.vertebra.api.Fields;
import io.vertebra.kv.EngineStatus;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;

/** What there is to see of an engine, until closed. */
final class RaftMeters implements AutoCloseable {

  /** Why an entry was refused. */
  enum Refusal {
    DISK,
    LOG
  }

  private static final Duration[] BUCKETS = {
    Duration.ofNanos(100_000),
    Duration.ofMillis(1),
    Duration.ofMillis(5),
    Duration.ofMillis(25),
    Duration.ofMillis(100),
    Duration.ofMillis(500),
    Duration.ofSeconds(2),
    Duration.ofSeconds(10)
  };

  private static final String GROUP = "group";

  private final MeterRegistry registry;
  private final String group;
  private final List<Meter> meters = new ArrayList<>();
  private final Timer apply;
  private final Timer flush;
  private final Timer snapshot;
  private final Counter failedSnapshots;
  private final Counter elections;
  private final Map<Refusal, Counter> refused = new EnumMap<>(Refusal.class);
  private volatile long logBytes;

  RaftMeters(MeterRegistry registry, String group, Supplier<EngineStatus> status) {
    this.registry = registry;
    this.group = group;
    gauge("vertebra.raft.term", status, EngineStatus::term);
    gauge("vertebra.raft.leader", status, now -> now.leaderId() == now.memberId() ? 1 : 0);
    gauge("vertebra.raft.commit.index", status, EngineStatus::commitIndex);
    gauge("vertebra.raft.applied.index", status, EngineStatus::appliedIndex);
    gauge("vertebra.raft.writable", status, now -> now.writable() ? 1 : 0);
    meters.add(
        Gauge.builder("vertebra.raft.log.bytes", this, self -> self.logBytes)
            .tag(GROUP, group)
            .register(registry));
    apply = timer("vertebra.raft.apply");
    flush = timer("vertebra.raft.flush");
    snapshot = timer("vertebra.raft.snapshot");
    failedSnapshots = counter(Counter.builder("vertebra.raft.snapshot.failures"));
    elections = counter(Counter.builder("vertebra.raft.elections"));
    for (Refusal reason : Refusal.values()) {
      refused.put(reason, counter(refused(reason)));
    }
  }

  Timer apply() {
    return apply;
  }

  Timer flush() {
    return flush;
  }

  Timer snapshot() {
    return snapshot;
  }

  Counter failedSnapshots() {
    return failedSnapshots;
  }

  Counter elections() {
    return elections;
  }

  void refuse(Refusal reason) {
    Objects.requireNonNull(refused.get(reason)).increment();
  }

  void logBytes(long size) {
    logBytes = size;
  }

  @Override
  public void close() {
    meters.forEach(registry::remove);
  }

  private static Counter.Builder refused(Refusal reason) {
    return Counter.builder("vertebra.raft.refused").tag("reason", Fields.word(reason));
  }

  private void gauge(
      String name, Supplier<EngineStatus> status, ToDoubleFunction<EngineStatus> value) {
    meters.add(
        Gauge.builder(name, status, now -> value.applyAsDouble(now.get()))
            .tag(GROUP, group)
            .strongReference(true)
            .register(registry));
  }

  private Timer timer(String name) {
    Timer timer =
        Timer.builder(name).tag(GROUP, group).serviceLevelObjectives(BUCKETS).register(registry);
    meters.add(timer);
    return timer;
  }

  private Counter counter(Counter.Builder builder) {
    Counter counter = builder.tag(GROUP, group).register(registry);
    meters.add(counter);
    return counter;
  }
}
