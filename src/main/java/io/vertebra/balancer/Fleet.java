package io.vertebra.balancer;

import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * What the endpoints of one upstream share over all its versions: the clocks, the options in force,
 * who may be ejected, and the count of changes by which views grow stale.
 */
final class Fleet {
  private final LongSupplier nanoTime;
  private final Clock clock;
  private final AtomicLong changes = new AtomicLong();
  private volatile Upstream definition;
  private volatile List<LiveEndpoint> endpoints = List.of();

  Fleet(Upstream definition, LongSupplier nanoTime, Clock clock) {
    this.definition = definition;
    this.nanoTime = nanoTime;
    this.clock = clock;
  }

  Upstream definition() {
    return definition;
  }

  long now() {
    return nanoTime.getAsLong();
  }

  /** The instant of a monotonic time. */
  Instant instantOf(long nanos) {
    return clock.instant().plusNanos(nanos - now());
  }

  LongSupplier nanoTime() {
    return nanoTime;
  }

  void redefine(Upstream newDefinition, List<LiveEndpoint> newEndpoints) {
    definition = newDefinition;
    endpoints = newEndpoints;
    changed();
  }

  /** How often something changed that decides who may be picked. */
  long changes() {
    return changes.get();
  }

  void changed() {
    changes.incrementAndGet();
  }

  /**
   * Runs {@code ejection} if one more endpoint may be ejected; one at a time, so that the limit
   * holds whoever asks.
   */
  synchronized boolean ejectWithinLimit(long now, Runnable ejection) {
    int up = 0;
    int ejected = 0;
    for (LiveEndpoint endpoint : endpoints) {
      if (endpoint.endpoint().state() == Endpoint.State.UP) {
        up++;
        ejected += endpoint.isEjected(now) ? 1 : 0;
      }
    }
    if (ejected >= definition.ejection().limit(up)) {
      return false;
    }
    ejection.run();
    return true;
  }
}
