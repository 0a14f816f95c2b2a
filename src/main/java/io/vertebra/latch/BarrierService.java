package io.vertebra.latch;

import io.vertebra.kv.Guard;
import io.vertx.core.Future;

/** Barriers for their callers; they fail as {@link LatchService} does. Safe for any thread. */
public interface BarrierService {

  /**
   * Completes when all parties are there.
   *
   * @param gone completes when the caller went away: it is then no longer counted as there
   * @return the phase that ended; {@code CONFLICT} if not all came in time, or if others come with
   *     another number of parties
   */
  Future<BarrierPhase> arrive(Arrive request, Guard guard, Future<Void> gone);

  /** The barrier now; {@code NOT_FOUND} if there is none. */
  Future<BarrierState> show(String name);

  /** Removes a barrier; whether there was one. */
  Future<Boolean> remove(String name, Guard guard);
}
