package io.vertebra.balancer;

/**
 * A moving average of latencies that follows a rise at once and a fall slowly, and fades while
 * nothing is observed, so that a once slow endpoint is tried again. Immutable.
 *
 * <p>Source: Finagle's "Peak EWMA" load balancer, with its time constant of 10 s.
 *
 * @param nanos the average at {@code at}; 0 when nothing was observed yet
 * @param at by the monotonic clock, in nanoseconds
 */
record Ewma(double nanos, long at) {
  private static final double DECAY_NANOS = 10e9;

  static Ewma none(long now) {
    return new Ewma(0, now);
  }

  Ewma with(long sampleNanos, long now) {
    if (sampleNanos > nanos) {
      return new Ewma(sampleNanos, now);
    }
    double kept = keptSince(now);
    return new Ewma(sampleNanos * (1 - kept) + nanos * kept, now);
  }

  /** The average faded to {@code now}. */
  double nanosAt(long now) {
    return nanos * keptSince(now);
  }

  private double keptSince(long now) {
    return Math.exp(-Math.max(0, now - at) / DECAY_NANOS);
  }
}
