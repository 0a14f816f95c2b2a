package io.vertebra.gateway;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** What is counted of one route, resolved once so that counting needs no look-up. */
final class RouteMeters {
  private final Timer[] byStatusClass = new Timer[6];
  private final Counter retries;
  private final Counter hedges;
  private final Counter replays;
  private final List<Meter> registered = new ArrayList<>();
  private final AtomicInteger inFlight = new AtomicInteger();

  RouteMeters(MeterRegistry meters, String route, Gateway gateway) {
    for (int statusClass = 1; statusClass <= 5; statusClass++) {
      byStatusClass[statusClass] =
          Timer.builder("vertebra.gateway.request")
              .description("Time from a request's head to the end of its answer")
              .tag("route", route)
              .tag("status", statusClass + "xx")
              .serviceLevelObjectives(
                  Duration.ofMillis(1),
                  Duration.ofMillis(5),
                  Duration.ofMillis(25),
                  Duration.ofMillis(100),
                  Duration.ofMillis(500),
                  Duration.ofMillis(2500),
                  Duration.ofSeconds(10))
              .register(meters);
    }
    retries =
        Counter.builder("vertebra.gateway.retries")
            .description("Requests sent again to another endpoint")
            .tag("route", route)
            .register(meters);
    hedges =
        Counter.builder("vertebra.gateway.hedges")
            .description("Second requests sent because the first one was slow")
            .tag("route", route)
            .register(meters);
    replays =
        Counter.builder("vertebra.gateway.replays")
            .description("Answers kept of an earlier request and given again")
            .tag("route", route)
            .register(meters);
    Gauge gauge =
        Gauge.builder("vertebra.gateway.in.flight", inFlight, AtomicInteger::get)
            .description("Requests under way")
            .tag("route", route)
            .register(meters);
    registered.addAll(Arrays.asList(byStatusClass).subList(1, 6));
    FunctionCounter ejections =
        FunctionCounter.builder("vertebra.gateway.ejections", gateway, g -> g.ejections(route))
            .description("Endpoints of the route's upstream put aside")
            .tag("route", route)
            .register(meters);
    registered.addAll(List.of(retries, hedges, replays, gauge, ejections));
  }

  /** Forgets a route that is gone. */
  void removeFrom(MeterRegistry meters) {
    registered.forEach(meters::remove);
  }

  void begin() {
    inFlight.incrementAndGet();
  }

  void end(int status, long nanos) {
    inFlight.decrementAndGet();
    byStatusClass[Math.min(5, Math.max(1, status / 100))].record(nanos, TimeUnit.NANOSECONDS);
  }

  void retried() {
    retries.increment();
  }

  void replayed() {
    replays.increment();
  }

  void hedged() {
    hedges.increment();
  }
}
