package io.vertebra.kv;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Proves that what is applied here is fresh, for many reads at once: one proof is under way, and
 * all reads that come meanwhile share the next one, which begins after they came.
 */
final class ReadBarrier {
  private static final Duration LEAST = Duration.ofMillis(1);

  private final Engine engine;
  private final Duration deadline;

  private final LongSupplier nanoTime;

  private @Nullable Reads next;
  private boolean busy;

  /** Reads that share a proof, the first of which came at {@code since}. */
  private record Reads(CompletableFuture<Void> fresh, long since) {}

  /**
   * @param deadline for each read, from when it came
   */
  ReadBarrier(Engine engine, Duration deadline, LongSupplier nanoTime) {
    this.engine = engine;
    this.deadline = deadline;
    this.nanoTime = nanoTime;
  }

  /** Completes when everything that was committed before the call is applied here. */
  CompletionStage<Void> pass() {
    Reads mine;
    synchronized (this) {
      if (next == null) {
        next = new Reads(new CompletableFuture<>(), nanoTime.getAsLong());
      }
      mine = next;
      if (busy) {
        return mine.fresh();
      }
      busy = true;
      next = null;
    }
    prove(mine);
    return mine.fresh();
  }

  private void prove(Reads waiting) {
    Duration waited = Duration.ofNanos(nanoTime.getAsLong() - waiting.since());
    Duration left = deadline.minus(waited);
    CompletionStage<Void> unused =
        engine
            .barrier(left.compareTo(LEAST) < 0 ? LEAST : left)
            .whenComplete((nothing, cause) -> proven(waiting.fresh(), cause));
  }

  private void proven(CompletableFuture<Void> waiting, @Nullable Throwable cause) {
    Reads following;
    synchronized (this) {
      following = next;
      next = null;
      busy = following != null;
    }
    if (following != null) {
      prove(following);
    }
    if (cause == null) {
      waiting.complete(null);
    } else {
      waiting.completeExceptionally(cause);
    }
  }
}
