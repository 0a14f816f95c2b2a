package io.vertebra.kv;

import io.vertebra.api.Failure;
import io.vertebra.api.FailureCode;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Stands for an engine that is not there yet, because this member has still to find its group.
 * Until then all is {@code UNAVAILABLE}.
 */
public final class LateEngine implements Engine {
  private final Supplier<String> waiting;
  private volatile @Nullable Replica replica;
  private volatile @Nullable Engine engine;
  private CompletionStage<Void> opening = CompletableFuture.completedStage(null);
  private boolean closed;

  /**
   * Opens at once, without an engine.
   *
   * @param waiting what it waits for, for a person
   */
  public LateEngine(Supplier<String> waiting) {
    this.waiting = waiting;
  }

  /**
   * Opens the engine, which is in use from then on, or closes it if it cannot be opened; to be
   * called once, after {@link #open}. One that is closed meanwhile closes it.
   */
  public synchronized CompletionStage<Void> become(Engine found) {
    if (closed) {
      Failure late = new Failure(FailureCode.UNAVAILABLE, "the store is closed");
      return found.close().thenCompose(unused -> CompletableFuture.failedStage(late));
    }
    opening =
        found
            .open(Objects.requireNonNull(replica))
            .thenRun(() -> engine = found)
            .exceptionallyCompose(
                cause ->
                    found
                        .close()
                        .handle((ended, failure) -> cause)
                        .thenCompose(CompletableFuture::failedStage));
    return opening;
  }

  @Override
  public CompletionStage<Void> open(Replica driven) {
    replica = driven;
    return CompletableFuture.completedStage(null);
  }

  @Override
  public CompletionStage<byte[]> propose(byte[] entry, Duration deadline) {
    Engine found = engine;
    return found == null ? unavailable() : found.propose(entry, deadline);
  }

  @Override
  public CompletionStage<Void> barrier(Duration deadline) {
    Engine found = engine;
    return found == null ? unavailable() : found.barrier(deadline);
  }

  @Override
  public CompletionStage<byte[]> ask(byte[] question, Duration deadline) {
    Engine found = engine;
    return found == null ? unavailable() : found.ask(question, deadline);
  }

  @Override
  public EngineStatus status() {
    Engine found = engine;
    return found == null
        ? new EngineStatus(0, 0, 0, 0, 0, 0, false, waiting.get())
        : found.status();
  }

  @Override
  public synchronized CompletionStage<Void> close() {
    closed = true;
    return opening
        .handle((opened, failure) -> Optional.ofNullable(engine))
        .thenCompose(
            found -> found.map(Engine::close).orElse(CompletableFuture.completedStage(null)));
  }

  private <T> CompletionStage<T> unavailable() {
    return CompletableFuture.failedFuture(new Failure(FailureCode.UNAVAILABLE, waiting.get()));
  }
}
