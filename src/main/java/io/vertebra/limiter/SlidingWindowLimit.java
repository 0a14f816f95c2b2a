package io.vertebra.limiter;

import io.vertebra.limiter.LimitState.Window;
import io.vertx.core.json.JsonObject;
import java.time.Duration;

/**
 * Permits within any window of a length, told from two counters: what was taken in this window of
 * the clock, and the part of the one before that still lies within reach, as if it had been taken
 * evenly. Thus it may be off by as much as the takes of the window before were uneven, but never
 * gives more than {@code permits} in one window of the clock.
 *
 * @param permits 1 to 1,000,000
 * @param period JSON {@code periodMs}, 1 ms to 31 days
 */
public record SlidingWindowLimit(long permits, Duration period) implements Limit {

  public SlidingWindowLimit {
    LimitReader.check(permits, period);
    LimitReader.checkProduct(permits, period);
  }

  private long micros() {
    return period.toNanos() / 1000;
  }

  @Override
  public long window(long now) {
    return micros();
  }

  @Override
  public LimitState fresh() {
    return new Window(0, 0, 0);
  }

  @Override
  public Ruling take(LimitState state, long wanted, String permit, long now) {
    long length = micros();
    Window window = rolled(state, now, length);
    long elapsed = Math.max(0, now - window.start());
    long before = Math.min(permits, window.before());
    long used = Math.min(permits, window.used());
    long room = Math.max(0, (permits - used) * length - before * (length - elapsed));
    boolean allowed = wanted <= permits && wanted * length <= room;
    if (!allowed) {
      long wait = wait(wanted, used, before, elapsed, length);
      boolean setBack = state instanceof Window last && last.start() > window.start();
      LimitState next = setBack ? window : state;
      return new Ruling(false, next, room / length, wait, reset(window, elapsed, length));
    }
    Window next = new Window(window.start(), used + wanted, before);
    return new Ruling(
        true, next, (room - wanted * length) / length, 0, reset(next, elapsed, length));
  }

  private long wait(long wanted, long used, long before, long elapsed, long length) {
    if (wanted > permits) {
      return Decision.NEVER;
    }
    long free = permits - used - wanted;
    if (free >= 0) {
      return length - free * length / before - elapsed;
    }
    long inNext = used == 0 ? 0 : Math.max(0, length - (permits - wanted) * length / used);
    return length - elapsed + inNext;
  }

  private static long reset(Window window, long elapsed, long length) {
    if (window.used() > 0) {
      return 2 * length - elapsed;
    }
    return window.before() > 0 ? length - elapsed : 0;
  }

  /** The windows that {@code now} falls into; a clock that was set back stays in the later one. */
  private static Window rolled(LimitState state, long now, long length) {
    long start = Math.floorDiv(now, length) * length;
    if (!(state instanceof Window window) || window.start() < start - length) {
      return new Window(start, 0, 0);
    }
    if (window.start() >= start) {
      return window.start() > start + 2 * length ? new Window(start, window.used(), 0) : window;
    }
    return new Window(start, 0, window.start() == start - length ? window.used() : 0);
  }

  @Override
  public LimitState refund(LimitState state, long taken, String permit, long takenAt) {
    long length = micros();
    long start = Math.floorDiv(takenAt, length) * length;
    if (!(state instanceof Window window)) {
      return state;
    }
    if (window.start() - length >= start) {
      boolean next = window.start() - length == start;
      long before = next ? Math.max(0, window.before() - taken) : window.before();
      return new Window(window.start(), window.used(), before);
    }
    return new Window(window.start(), Math.max(0, window.used() - taken), window.before());
  }

  @Override
  public SlidingWindowLimit share(int nodes) {
    return new SlidingWindowLimit(Math.max(1, permits / nodes), period);
  }

  @Override
  public JsonObject toJson() {
    return new JsonObject()
        .put("algorithm", "sliding-window")
        .put("permits", permits)
        .put("periodMs", period.toMillis());
  }
}
