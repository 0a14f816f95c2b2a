package io.vertebra.kv;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Proves that what is applied here is fresh, for many reads at once: one proof is under way, and
 * all reads that come meanwhile share the next one, which begins after they came.
 */
final class ReadBarrier {
  private final Engine engine;
  private final Duration deadline;

  private @Nullable CompletableFuture<Void> next;
  private boolean busy;

  ReadBarrier(Engine engine, Duration deadline) {
    this.engine = engine;
    this.deadline = deadline;
  }

  /** Completes when everything that was committed before the call is applied here. */
  CompletionStage<Void> pass() {
    CompletableFuture<Void> mine;
    synchronized (this) {
      if (next == null) {
        next = new CompletableFuture<>();
      }
      mine = next;
      if (busy) {
        return mine;
      }
      busy = true;
      next = null;
    }
    prove(mine);
    return mine;
  }

  private void prove(CompletableFuture<Void> waiting) {
    CompletionStage<Void> unused =
        engine.barrier(deadline).whenComplete((nothing, cause) -> proven(waiting, cause));
  }

  private void proven(CompletableFuture<Void> waiting, @Nullable Throwable cause) {
    CompletableFuture<Void> following;
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
