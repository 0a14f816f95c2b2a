package io.vertebra.raft;

import io.micrometer.core.instrument.MeterRegistry;
import io.vertebra.kv.Engine;
import io.vertebra.kv.EngineStatus;
import io.vertebra.kv.Replica;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.LongSupplier;

/** Agreement by Raft, on Apache Ratis. Safe for any thread. */
public final class RaftEngine implements Engine {

  /**
   * @param self this member; its host is listened on, and the port of {@code options}
   * @param nanoTime a clock that only ever goes on, in nanoseconds
   */
  public RaftEngine(
      RaftOptions options, Peer self, Group group, MeterRegistry meters, LongSupplier nanoTime) {}

  @Override
  public CompletionStage<Void> open(Replica replica) {
    return unfinished();
  }

  @Override
  public CompletionStage<byte[]> propose(byte[] entry, Duration deadline) {
    return unfinished();
  }

  @Override
  public CompletionStage<Void> barrier(Duration deadline) {
    return unfinished();
  }

  @Override
  public CompletionStage<byte[]> ask(byte[] question, Duration deadline) {
    return unfinished();
  }

  @Override
  public EngineStatus status() {
    return new EngineStatus(0, 0, 0, 0, 0, 0, false, "not open");
  }

  /** Where it listens; 0 before it is open. */
  public int port() {
    return 0;
  }

  /** The members as of the last agreement known here, in the order of their ids. */
  public List<Peer> members() {
    return List.of();
  }

  /**
   * Agrees on other members. Any member may be asked. New ones must run already, with an empty
   * group. Fails with {@code CONFLICT} while another such change is under way, {@code UNAVAILABLE}
   * if nothing changed, {@code TIMEOUT} if that is not known.
   */
  public CompletionStage<Void> setMembers(List<Peer> next, Duration deadline) {
    return unfinished();
  }

  /** Lets another member lead. Any member may be asked. */
  public CompletionStage<Void> transferLead(long memberId, Duration deadline) {
    return unfinished();
  }

  @Override
  public CompletionStage<Void> close() {
    return unfinished();
  }

  private static <T> CompletionStage<T> unfinished() {
    return CompletableFuture.failedFuture(new UnsupportedOperationException());
  }
}
