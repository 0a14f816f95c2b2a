package io.vertebra.balancer;

import java.util.Arrays;
import java.util.function.LongSupplier;

/**
 * Keeps retries from multiplying the load of an upstream in trouble: over the last ten seconds, no
 * more retries than a share of the requests plus so many per second. Safe for any thread.
 *
 * <p>Source: Finagle's retry budget.
 */
public final class RetryBudget {
  private static final int SECONDS = 10;
  private static final long SECOND = 1_000_000_000;

  private final Retry options;
  private final LongSupplier nanoTime;
  private final int[] requests = new int[SECONDS];
  private final int[] retries = new int[SECONDS];
  private long second;

  RetryBudget(Retry options, LongSupplier nanoTime) {
    this.options = options;
    this.nanoTime = nanoTime;
    this.second = Math.floorDiv(nanoTime.getAsLong(), SECOND);
  }

  Retry options() {
    return options;
  }

  /** Counts one request of a client; its retries are not counted here. */
  public synchronized void deposit() {
    advance();
    requests[Math.floorMod(second, SECONDS)]++;
  }

  /** Takes one retry from the budget; false when there is none, and the retry must not happen. */
  public synchronized boolean tryWithdraw() {
    advance();
    if (balance() < 100) {
      return false;
    }
    retries[Math.floorMod(second, SECONDS)]++;
    return true;
  }

  /** Retries left now. */
  public synchronized int available() {
    advance();
    return (int) Math.max(0, balance() / 100);
  }

  /** In hundredths of a retry. */
  private long balance() {
    long earned = Arrays.stream(requests).asLongStream().sum() * options.budgetPercent();
    long granted = 100L * SECONDS * options.budgetMinPerSecond();
    return earned + granted - 100L * Arrays.stream(retries).sum();
  }

  private void advance() {
    long now = Math.floorDiv(nanoTime.getAsLong(), SECOND);
    for (long i = Math.max(second + 1, now - SECONDS + 1); i <= now; i++) {
      int index = Math.floorMod(i, SECONDS);
      requests[index] = 0;
      retries[index] = 0;
    }
    second = Math.max(second, now);
  }
}
