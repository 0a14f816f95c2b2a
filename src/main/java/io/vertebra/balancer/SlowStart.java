package io.vertebra.balancer;

import java.time.Duration;

/**
 * How much of its weight a newly available endpoint has: from a tenth, growing in proportion to
 * time, to all of it at the end of the window.
 *
 * <p>Source: Envoy's slow start mode with aggression 1 and a minimum of 10 %.
 */
final class SlowStart {
  static final Duration STEP = Duration.ofMillis(100);
  static final Duration MAX_WINDOW = Duration.ofHours(1);
  private static final double MIN = 0.1;

  private SlowStart() {}

  /**
   * The factor, 0.1 to 1.
   *
   * @param elapsedNanos since the endpoint became available
   * @param window zero: no slow start
   */
  static double factor(long elapsedNanos, Duration window) {
    if (elapsedNanos >= window.toNanos()) {
      return 1;
    }
    return Math.max(MIN, (double) elapsedNanos / window.toNanos());
  }
}
