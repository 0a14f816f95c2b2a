package io.vertebra.http;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/** What a listener has in hand, over all its instances. Safe for any thread. */
final class ListenerLoad {
  private final AtomicInteger connections = new AtomicInteger();
  private final AtomicInteger inFlight = new AtomicInteger();
  private final Map<Refusal, Counter> refused = new EnumMap<>(Refusal.class);
  private final int maxConnections;
  private final int maxInFlight;

  ListenerLoad(ListenerOptions options, String listener, MeterRegistry meters) {
    maxConnections = options.maxConnections();
    maxInFlight = options.maxInFlight();
    Gauge.builder("vertebra.http.connections", connections, AtomicInteger::get)
        .description("Connections open")
        .tag("listener", listener)
        .register(meters);
    Gauge.builder("vertebra.http.in.flight", inFlight, AtomicInteger::get)
        .description("Requests under way")
        .tag("listener", listener)
        .register(meters);
    for (Refusal reason : Refusal.values()) {
      refused.put(
          reason,
          Counter.builder("vertebra.http.refused")
              .description("Connections and requests turned away before a handler saw them")
              .tag("listener", listener)
              .tag("reason", reason.label())
              .register(meters));
    }
  }

  boolean openConnection() {
    return enter(connections, maxConnections);
  }

  void closeConnection() {
    connections.decrementAndGet();
  }

  boolean beginRequest() {
    return enter(inFlight, maxInFlight);
  }

  void endRequest() {
    inFlight.decrementAndGet();
  }

  void refuse(Refusal reason) {
    Counter counter = refused.get(reason);
    if (counter != null) {
      counter.increment();
    }
  }

  private static boolean enter(AtomicInteger count, int max) {
    if (count.incrementAndGet() <= max) {
      return true;
    }
    count.decrementAndGet();
    return false;
  }
}
