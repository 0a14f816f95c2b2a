package io.vertebra.gateway;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertebra.balancer.HealthChecker;
import io.vertebra.balancer.LiveEndpoint;
import io.vertebra.balancer.LiveUpstream;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.ToDoubleFunction;

/** Has the upstreams in force checked, and shows in the metrics how they fare. */
final class UpstreamMonitor {
  private final HealthChecker checker;
  private final MeterRegistry meters;
  private final Map<String, LiveUpstream> watched = new ConcurrentHashMap<>();
  private final Map<String, PoolLoad> pools = new ConcurrentHashMap<>();
  private final Map<String, List<Meter>> registered = new HashMap<>();

  UpstreamMonitor(HealthChecker checker, MeterRegistry meters) {
    this.checker = checker;
    this.meters = meters;
  }

  /** From now on these upstreams are watched, and no others. */
  synchronized void watch(Map<String, LiveUpstream> upstreams) {
    for (String name : Set.copyOf(watched.keySet())) {
      if (!upstreams.containsKey(name)) {
        watched.remove(name);
        checker.forget(name);
        registered.getOrDefault(name, List.of()).forEach(meters::remove);
        registered.remove(name);
        pools.remove(name);
      }
    }
    upstreams.forEach(
        (name, upstream) -> {
          if (watched.put(name, upstream) != upstream) {
            checker.watch(upstream);
          }
          registered.computeIfAbsent(name, this::register);
        });
  }

  /** Where the use of an upstream's pools is counted. */
  PoolLoad poolLoad(String upstream) {
    return pools.computeIfAbsent(upstream, name -> new PoolLoad());
  }

  private List<Meter> register(String name) {
    return List.of(
        pool(name, "vertebra.upstream.connections", "Connections to it", PoolLoad::connections),
        pool(name, "vertebra.upstream.pending", "Requests that wait for one", PoolLoad::waiting),
        gauge(
            name,
            "vertebra.upstream.in.flight",
            "Requests at the endpoints",
            LiveEndpoint::inFlight),
        counter(
            name, "vertebra.upstream.ejections", "Endpoints put aside", LiveEndpoint::ejections),
        counter(name, "vertebra.upstream.requests", "Requests sent", LiveEndpoint::requests),
        counter(name, "vertebra.upstream.failures", "Requests failed", LiveEndpoint::failures),
        FunctionCounter.builder("vertebra.upstream.panics", watched, map -> panics(map, name))
            .description("Times all endpoints were tried because none was well")
            .tag("upstream", name)
            .register(meters));
  }

  private Meter gauge(
      String name, String meter, String about, ToDoubleFunction<LiveEndpoint> value) {
    return Gauge.builder(meter, watched, map -> sum(map, name, value))
        .description(about)
        .tag("upstream", name)
        .register(meters);
  }

  private Meter pool(String name, String meter, String about, ToDoubleFunction<PoolLoad> value) {
    return Gauge.builder(meter, this, monitor -> value.applyAsDouble(monitor.poolLoad(name)))
        .description(about)
        .tag("upstream", name)
        .register(meters);
  }

  private Meter counter(
      String name, String meter, String about, ToDoubleFunction<LiveEndpoint> value) {
    return FunctionCounter.builder(meter, watched, map -> sum(map, name, value))
        .description(about)
        .tag("upstream", name)
        .register(meters);
  }

  private static double sum(
      Map<String, LiveUpstream> upstreams, String name, ToDoubleFunction<LiveEndpoint> value) {
    LiveUpstream upstream = upstreams.get(name);
    return upstream == null ? 0 : upstream.endpoints().stream().mapToDouble(value).sum();
  }

  private static double panics(Map<String, LiveUpstream> upstreams, String name) {
    LiveUpstream upstream = upstreams.get(name);
    return upstream == null ? 0 : upstream.panics();
  }
}
