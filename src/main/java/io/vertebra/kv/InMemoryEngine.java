package io.vertebra.kv;

import io.vertebra.api.Failure;
import io.vertebra.api.FailureCode;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A group of one whose log is nowhere: it ends with the process. To stand in where no disk is. */
public final class InMemoryEngine implements Engine {
  private static final long ID = 1;
  private static final long TERM = 1;

  private final AtomicLong applied = new AtomicLong();
  private final ExecutorService thread =
      Executors.newSingleThreadExecutor(
          task -> {
            Thread thread = new Thread(task, "kv-memory");
            thread.setDaemon(true);
            return thread;
          });
  private volatile @Nullable Replica replica;

  @Override
  public CompletionStage<Void> open(Replica driven) {
    replica = driven;
    return run(
        opened -> {
          opened.leading(TERM);
          return null;
        });
  }

  @Override
  public CompletionStage<byte[]> propose(byte[] entry, Duration deadline) {
    return run(
        opened -> {
          byte[] answer = opened.apply(TERM, ByteBuffer.wrap(entry));
          applied.incrementAndGet();
          return answer;
        });
  }

  @Override
  public CompletionStage<Void> barrier(Duration deadline) {
    return run(opened -> null);
  }

  @Override
  public CompletionStage<byte[]> ask(byte[] question, Duration deadline) {
    return run(opened -> opened.answer(ByteBuffer.wrap(question)));
  }

  @Override
  public EngineStatus status() {
    boolean open = replica != null;
    long index = applied.get();
    return new EngineStatus(ID, ID, open ? ID : 0, TERM, index, index, open, open ? "" : "closed");
  }

  @Override
  public CompletionStage<Void> close() {
    CompletionStage<Void> stopped =
        run(
            opened -> {
              opened.leading(0);
              return null;
            });
    replica = null;
    thread.shutdown();
    return stopped;
  }

  private <T extends @Nullable Object> CompletionStage<T> run(Function<Replica, T> work) {
    Replica opened = replica;
    if (opened == null) {
      return CompletableFuture.failedFuture(closed());
    }
    try {
      return CompletableFuture.supplyAsync(() -> work.apply(opened), thread);
    } catch (RejectedExecutionException e) {
      return CompletableFuture.failedFuture(closed());
    }
  }

  private static Failure closed() {
    return new Failure(FailureCode.UNAVAILABLE, "the store is closed");
  }
}
