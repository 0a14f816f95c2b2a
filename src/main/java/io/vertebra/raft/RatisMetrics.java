package io.vertebra.raft;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Timer;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.apache.ratis.metrics.LongCounter;
import org.apache.ratis.metrics.MetricRegistries;
import org.apache.ratis.metrics.MetricRegistryInfo;
import org.apache.ratis.metrics.RatisMetricRegistry;
import org.apache.ratis.metrics.Timekeeper;
import org.apache.ratis.protocol.RaftGroupMemberId;
import org.apache.ratis.server.metrics.LeaderElectionMetrics;
import org.apache.ratis.server.metrics.RaftLogMetricsBase;
import org.apache.ratis.server.metrics.SegmentedRaftLogMetrics;
import org.apache.ratis.util.TimeDuration;
import org.jspecify.annotations.Nullable;

/**
 * Where Ratis measures. It finds this class by a service file and does not run without one. What
 * somebody listens to is passed on, all else is dropped.
 */
public final class RatisMetrics extends MetricRegistries {
  private final Map<MetricRegistryInfo, Registry> registries = new ConcurrentHashMap<>();

  /** Called by the service loader. */
  public RatisMetrics() {}

  /** Passes on what a member measures until it is closed. */
  static void listen(RaftGroupMemberId member, Timer flush, Counter elections) {
    if (MetricRegistries.global() instanceof RatisMetrics metrics) {
      String log = RaftLogMetricsBase.RATIS_LOG_WORKER_METRICS;
      metrics
              .registry(info(member, log, RaftLogMetricsBase.RATIS_LOG_WORKER_METRICS_DESC))
              .stopwatch(SegmentedRaftLogMetrics.RAFT_LOG_SYNC_TIME)
              .timer =
          flush;
      String election = LeaderElectionMetrics.RATIS_LEADER_ELECTION_METRICS;
      metrics
              .registry(
                  info(member, election, LeaderElectionMetrics.RATIS_LEADER_ELECTION_METRICS_DESC))
              .tally(LeaderElectionMetrics.LEADER_ELECTION_COUNT_METRIC)
              .counter =
          elections;
    }
  }

  private static MetricRegistryInfo info(RaftGroupMemberId member, String name, String text) {
    String application = org.apache.ratis.metrics.RatisMetrics.RATIS_APPLICATION_NAME_METRICS;
    return new MetricRegistryInfo(member.toString(), application, name, text);
  }

  private Registry registry(MetricRegistryInfo info) {
    return registries.computeIfAbsent(info, Registry::new);
  }

  @Override
  public void clear() {
    registries.clear();
  }

  @Override
  public RatisMetricRegistry create(MetricRegistryInfo info) {
    return registry(info);
  }

  @Override
  public boolean remove(MetricRegistryInfo info) {
    return registries.remove(info) != null;
  }

  @Override
  public Optional<RatisMetricRegistry> get(MetricRegistryInfo info) {
    return Optional.ofNullable(registries.get(info));
  }

  @Override
  public Set<MetricRegistryInfo> getMetricRegistryInfos() {
    return Set.copyOf(registries.keySet());
  }

  @Override
  public Collection<RatisMetricRegistry> getMetricRegistries() {
    return List.copyOf(registries.values());
  }

  @Override
  public void addReporterRegistration(
      Consumer<RatisMetricRegistry> reporter, Consumer<RatisMetricRegistry> stopReporter) {}

  @Override
  public void enableJmxReporter() {}

  @Override
  public void enableConsoleReporter(TimeDuration rate) {}

  private static final class Registry implements RatisMetricRegistry {
    private final MetricRegistryInfo info;
    private final Map<String, Stopwatch> stopwatches = new ConcurrentHashMap<>();
    private final Map<String, Tally> tallies = new ConcurrentHashMap<>();

    Registry(MetricRegistryInfo info) {
      this.info = info;
    }

    Stopwatch stopwatch(String name) {
      return stopwatches.computeIfAbsent(name, unused -> new Stopwatch());
    }

    Tally tally(String name) {
      return tallies.computeIfAbsent(name, unused -> new Tally());
    }

    @Override
    public Timekeeper timer(String name) {
      return stopwatch(name);
    }

    @Override
    public LongCounter counter(String name) {
      return tally(name);
    }

    @Override
    public boolean remove(String name) {
      boolean timed = stopwatches.remove(name) != null;
      return tallies.remove(name) != null || timed;
    }

    @Override
    public <T> void gauge(String name, Supplier<Supplier<T>> gauge) {}

    @Override
    public MetricRegistryInfo getMetricRegistryInfo() {
      return info;
    }
  }

  private static final class Stopwatch implements Timekeeper {
    private static final Context UNHEARD = () -> 0;
    private volatile @Nullable Timer timer;

    @Override
    public Context time() {
      Timer listener = timer;
      if (listener == null) {
        return UNHEARD;
      }
      Timer.Sample sample = Timer.start();
      return () -> sample.stop(listener);
    }
  }

  private static final class Tally implements LongCounter {
    private final AtomicLong count = new AtomicLong();
    private volatile @Nullable Counter counter;

    @Override
    public void inc(long by) {
      count.addAndGet(by);
      Counter listener = counter;
      if (listener != null) {
        listener.increment((double) by);
      }
    }

    @Override
    public void dec(long by) {
      count.addAndGet(-by);
    }

    @Override
    public long getCount() {
      return count.get();
    }
  }
}
