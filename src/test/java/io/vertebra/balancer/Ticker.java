package io.vertebra.balancer;

import java.time.Duration;
import java.util.function.LongSupplier;

/** A monotonic clock that stands still until told; it starts below zero, as a real one may. */
final class Ticker implements LongSupplier {
  private volatile long nanos = -5_000_000_000L;

  void advance(Duration by) {
    nanos += by.toNanos();
  }

  @Override
  public long getAsLong() {
    return nanos;
  }
}
