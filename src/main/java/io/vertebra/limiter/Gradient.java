package io.vertebra.limiter;

/**
 * How much at once a server bears, found from how long it takes. Work is judged in windows of about
 * as many samples as the limit; the limit shrinks by how much longer a window took than the server
 * needs when it is not busy, and grows by its square root. What the server needs is the shortest
 * window, measured anew now and then with a quarter of the limit, for else a lasting queue would
 * become what is usual. Pure and immutable; times are microseconds.
 *
 * <p>Source: the gradient of Netflix's concurrency-limits, and the measuring of the minimum at a
 * lowered concurrency by Envoy's adaptive concurrency filter.
 *
 * @param limit permits at once, with a fraction
 * @param base what work takes when there is no queue; 0 if not known yet
 * @param window of samples that is being gathered
 * @param probe how far the measuring of {@code base} has come
 * @param probeAt when it is due
 */
record Gradient(double limit, double base, Samples window, Probe probe, long probeAt) {
  static final long PROBE_EVERY = 30_000_000;

  /** When the last one found that much had changed, and may have been misled by a queue itself. */
  private static final long PROBE_AGAIN = 1_000_000;

  private static final double MUCH = 1.2;
  private static final double PROBE_SHARE = 0.25;

  /** What may be longer than the base without being a queue. */
  private static final double TOLERANCE = 1.1;

  private static final double LEAST_GRADIENT = 0.5;
  private static final double SMOOTHING = 0.4;
  private static final double BACKOFF = 0.9;
  private static final int LEAST_SAMPLES = 10;

  /** How far a measuring has come. */
  enum Probe {
    NONE,
    /** What began before is ending. */
    DRAINING,
    MEASURING
  }

  /**
   * What a window has.
   *
   * @param count samples
   * @param sum of their times
   * @param most permits in use while one ended
   * @param dropped how many were given up or refused by the server; they have no time
   */
  record Samples(int count, double sum, long most, int dropped) {
    static final Samples NONE = new Samples(0, 0, 0, 0);

    Samples with(long micros, long inUse, boolean isDropped) {
      return new Samples(
          count + 1,
          sum + (isDropped ? 0 : micros),
          Math.max(most, inUse),
          dropped + (isDropped ? 1 : 0));
    }

    double mean() {
      return count == dropped ? 0 : sum / (count - dropped);
    }
  }

  static Gradient of(long initial, long now) {
    return new Gradient(initial, 0, Samples.NONE, Probe.MEASURING, now + PROBE_EVERY);
  }

  /** Permits at once now. */
  long permits(AdaptiveLimit bounds) {
    double now = probe == Probe.NONE ? limit : limit * PROBE_SHARE;
    return (long) bounded(now, bounds);
  }

  private static double bounded(double limit, AdaptiveLimit bounds) {
    return Math.max((double) bounds.minPermits(), Math.min((double) bounds.permits(), limit));
  }

  /**
   * Learns from work that ended.
   *
   * @param micros what it took
   * @param inUse permits in use until then
   * @param dropped whether it was given up or refused by the server, so that its time says nothing
   */
  Gradient ended(long micros, long inUse, boolean dropped, AdaptiveLimit bounds, long now) {
    if (probe == Probe.DRAINING && inUse > permits(bounds)) {
      return this;
    }
    Samples all = window.with(micros, inUse, dropped);
    if (all.count() < Math.max(LEAST_SAMPLES, permits(bounds))) {
      return new Gradient(limit, base, all, probe, probeAt);
    }
    return switch (probe) {
      case DRAINING -> new Gradient(limit, base, Samples.NONE, Probe.MEASURING, probeAt);
      case MEASURING -> {
        double measured = all.dropped() > 0 ? base : Math.max(1, all.mean());
        boolean same = measured < base * MUCH && measured > base / MUCH;
        long again = now + (same ? PROBE_EVERY : PROBE_AGAIN);
        yield new Gradient(limit, measured, Samples.NONE, Probe.NONE, again);
      }
      case NONE -> {
        double known = base == 0 ? all.mean() : Math.min(base, Math.max(1, all.mean()));
        double next = all.dropped() > 0 ? limit * BACKOFF : moved(all, known);
        Probe then = now >= probeAt ? Probe.DRAINING : Probe.NONE;
        yield new Gradient(
            bounded(next, bounds), all.dropped() > 0 ? base : known, Samples.NONE, then, probeAt);
      }
    };
  }

  /** Who uses less than half of the limit says nothing about what lies above it. */
  private double moved(Samples all, double known) {
    double gradient = TOLERANCE * known / Math.max(1, all.mean());
    double target = limit * Math.max(LEAST_GRADIENT, Math.min(1, gradient)) + Math.sqrt(limit);
    double next = limit + SMOOTHING * (target - limit);
    return all.most() * 2 < limit ? Math.min(limit, next) : next;
  }
}
