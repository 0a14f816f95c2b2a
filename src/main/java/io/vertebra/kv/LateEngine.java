package io.vertebra.kv;

import io.vertebra.api.Failure;
import io.vertebra.api.FailureCode;
import java.time.Duration;
import java.util.Objects;
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

  /**
   * Opens at once, without an engine.
   *
   * @param waiting what it waits for, for a person
   */
  public LateEngine(Supplier<String> waiting) {
    this.waiting = waiting;
  }

  /** Opens the engine, which is in use from then on; to be called once, after {@link #open}. */
  public CompletionStage<Void> become(Engine found) {
    return found.open(Objects.requireNonNull(replica)).thenRun(() -> engine = found);
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
  public CompletionStage<Void> close() {
    Engine found = engine;
    return found == null ? CompletableFuture.completedStage(null) : found.close();
  }

  private <T> CompletionStage<T> unavailable() {
    return CompletableFuture.failedFuture(new Failure(FailureCode.UNAVAILABLE, waiting.get()));
  }
}
