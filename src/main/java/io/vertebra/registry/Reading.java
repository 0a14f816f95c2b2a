package io.vertebra.registry;

import io.vertebra.api.Failure;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * How something is read.
 *
 * @param afterIndex wait while the answer's index is not greater; 0 for any
 * @param patience how long to wait; then the answer is given as it is. At most 11 minutes
 * @param local whether this node's own view will do, which may be some time behind
 * @param gone ends the wait: the caller went away
 */
public record Reading(long afterIndex, Duration patience, boolean local, CompletionStage<?> gone) {
  /** Ten minutes, which Consul's clients may ask for, and the sixteenth that is added to them. */
  static final Duration MAX_PATIENCE = Duration.ofMinutes(11);

  /** At once, and nothing acknowledged before is missing. */
  public static final Reading NOW = after(0, Duration.ZERO);

  public Reading {
    if (patience.isNegative() || patience.compareTo(MAX_PATIENCE) > 0) {
      throw Failure.invalid("/waitMs", "must be 0 to " + MAX_PATIENCE.toMillis());
    }
  }

  /** Once there is something newer. */
  public static Reading after(long index, Duration patience) {
    return new Reading(index, patience, false, new CompletableFuture<>());
  }

  /** The same, as this node knows it. */
  public Reading locally() {
    return new Reading(afterIndex, patience, true, gone);
  }

  /** The same for somebody who may go away. */
  public Reading until(CompletionStage<?> left) {
    return new Reading(afterIndex, patience, local, left);
  }

  boolean waits() {
    return afterIndex > 0 && !patience.isZero();
  }
}
