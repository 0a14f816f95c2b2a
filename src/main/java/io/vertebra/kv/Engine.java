package io.vertebra.kv;

import java.time.Duration;
import java.util.concurrent.CompletionStage;

/**
 * What makes several replicas of a state agree: the seam to a consensus library. Stages complete on
 * any thread, which must not be blocked.
 */
public interface Engine {

  /**
   * Opens with what it found on disk and drives {@code replica} from then on; completes when it is
   * part of its group, which may as yet have no leader.
   */
  CompletionStage<Void> open(Replica replica);

  /**
   * Adds an entry to the log and applies it; a lost answer or a changed leader does not end the
   * attempt. May block the calling thread while the log is busy.
   *
   * @return what {@link Replica#apply} answered; fails with {@code UNAVAILABLE} if the entry will
   *     never be applied, {@code TIMEOUT} if that is not known
   */
  CompletionStage<byte[]> propose(byte[] entry, Duration deadline);

  /** Completes when everything committed before the call is applied here; else UNAVAILABLE. */
  CompletionStage<Void> barrier(Duration deadline);

  /** What the leader's {@link Replica#answer} says, after it has made sure that it still leads. */
  CompletionStage<byte[]> ask(byte[] question, Duration deadline);

  /** Where this member stands. */
  EngineStatus status();

  /** Gives up the lead if it has it, closes the log and ends the replica's use. */
  CompletionStage<Void> close();
}
