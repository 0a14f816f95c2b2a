package io.vertebra.ids;

import io.vertx.core.Future;
import java.util.Optional;

/** What a backend must do for worker numbers: each method is one atomic step. */
interface WorkerStore {

  /**
   * Takes a number that nobody has.
   *
   * @param until the least time to set aside
   * @return {@code LIMITED} if all are taken
   */
  Future<Worker> take(long until);

  /**
   * Sets more time aside; the last millisecond now, or empty if the number is not held any more.
   */
  Future<Optional<Long>> extend(Worker worker, long byMs);

  /** Keeps the number; fails with {@code NOT_FOUND} if it is not held any more. */
  Future<Void> keep(Worker worker);

  /** Gives the number back; whoever has it next begins after the times set aside. */
  Future<Void> release(Worker worker);
}
