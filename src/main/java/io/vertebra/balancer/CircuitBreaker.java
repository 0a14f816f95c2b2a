package io.vertebra.balancer;

import java.util.Arrays;

/**
 * Lets nothing through while most requests fail, then a few to see whether it is over.
 *
 * <p>Closed until the share of failures in the window reaches the ratio; open for a time; then half
 * open: {@code trials} requests at most run at once, the first failure opens it again, and {@code
 * trials} successes close it. A request that began before it opened and ends while it is half open
 * counts as a trial. Not safe for threads; time is passed in.
 *
 * <p>Source: Nygard, "Release It!", chapter on stability patterns.
 */
final class CircuitBreaker {
  private static final int SLOTS = 10;

  /** What it does with requests. */
  enum State {
    CLOSED,
    OPEN,
    HALF_OPEN
  }

  private final int[] requests = new int[SLOTS];
  private final int[] failures = new int[SLOTS];
  private Breaker options;
  private long slotNanos;
  private State state = State.CLOSED;
  private long slot;
  private long openUntil;
  private int running;
  private int succeeded;

  CircuitBreaker(Breaker options) {
    this.options = options;
    this.slotNanos = options.window().toNanos() / SLOTS;
  }

  /** Goes on with other options; what was counted by a window of another length is forgotten. */
  void use(Breaker newOptions) {
    if (!newOptions.window().equals(options.window())) {
      clearWindow();
    }
    options = newOptions;
    slotNanos = newOptions.window().toNanos() / SLOTS;
  }

  State state(long now) {
    return state == State.OPEN && now - openUntil >= 0 ? State.HALF_OPEN : state;
  }

  /** When it will be half open; means something only while it is open. */
  long openUntil() {
    return openUntil;
  }

  boolean admits(long now) {
    return switch (state(now)) {
      case CLOSED -> true;
      case OPEN -> false;
      case HALF_OPEN ->
          state == State.OPEN || (running < options.trials() && succeeded < options.trials());
    };
  }

  /** A request begins. */
  void begin(long now) {
    if (state(now) == State.HALF_OPEN) {
      enterHalfOpen();
      running++;
    }
  }

  /** A request that said nothing about the endpoint has ended. */
  void cancel(long now) {
    if (state(now) == State.HALF_OPEN) {
      enterHalfOpen();
      running = Math.max(0, running - 1);
    }
  }

  void end(boolean success, long now) {
    switch (state(now)) {
      case CLOSED -> count(success, now);
      case OPEN -> {}
      case HALF_OPEN -> endTrial(success, now);
    }
  }

  private void endTrial(boolean success, long now) {
    enterHalfOpen();
    running = Math.max(0, running - 1);
    if (!success) {
      open(now);
    } else if (++succeeded >= options.trials()) {
      state = State.CLOSED;
      clearWindow();
    }
  }

  private void count(boolean success, long now) {
    long current = Math.floorDiv(now, slotNanos);
    forgetBefore(current);
    int index = Math.floorMod(current, SLOTS);
    requests[index]++;
    failures[index] += success ? 0 : 1;
    if (success) {
      return;
    }
    int total = Arrays.stream(requests).sum();
    int failed = Arrays.stream(failures).sum();
    if (total >= options.minRequests() && failed >= options.failureRatio() * total) {
      open(now);
    }
  }

  private void forgetBefore(long current) {
    long steps = Math.min(SLOTS, Math.abs(current - slot));
    for (long i = 0; i < steps; i++) {
      int index = Math.floorMod(current - i, SLOTS);
      requests[index] = 0;
      failures[index] = 0;
    }
    slot = current;
  }

  private void open(long now) {
    state = State.OPEN;
    openUntil = now + options.open().toNanos();
    clearWindow();
  }

  private void enterHalfOpen() {
    if (state == State.OPEN) {
      state = State.HALF_OPEN;
      running = 0;
      succeeded = 0;
    }
  }

  private void clearWindow() {
    Arrays.fill(requests, 0);
    Arrays.fill(failures, 0);
  }
}
