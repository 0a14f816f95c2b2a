package io.vertebra.balancer;

/**
 * Notices that an endpoint fails and for how long to leave it out. Immutable.
 *
 * <p>Each ejection lasts one {@code base} longer than the one before, up to {@code max}; each
 * {@code base} of time without an ejection takes one back.
 *
 * <p>Source: Envoy's outlier detection, consecutive failures.
 *
 * @param failures in a row
 * @param ejections counted for the length of the next one, as of {@code until}
 * @param until when the last ejection ends, by the monotonic clock; meaningless without ejections
 */
record OutlierDetector(int failures, int ejections, long until) {
  static final OutlierDetector NEW = new OutlierDetector(0, 0, 0);

  OutlierDetector succeeded() {
    return failures == 0 ? this : new OutlierDetector(0, ejections, until);
  }

  OutlierDetector failed() {
    return new OutlierDetector(Math.min(failures, 1_000_000) + 1, ejections, until);
  }

  /** Whether it has failed often enough to be ejected. */
  boolean isDue(Ejection options) {
    return options.consecutiveFailures() > 0 && failures >= options.consecutiveFailures();
  }

  OutlierDetector ejected(Ejection options, long now) {
    long base = options.base().toNanos();
    int count = remembered(base, now) + 1;
    long length = Math.min(options.max().toNanos(), Math.multiplyExact(base, (long) count));
    int longest = (int) Math.min(count, options.max().toNanos() / base + 1);
    return new OutlierDetector(0, longest, now + length);
  }

  boolean isEjected(long now) {
    return ejections > 0 && now - until < 0;
  }

  private int remembered(long base, long now) {
    long forgotten = ejections == 0 ? 0 : Math.max(0, (now - until) / base);
    return (int) Math.max(0, ejections - forgotten);
  }
}
