package io.vertebra.idempotency;

import io.vertebra.kv.Guard;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.Optional;

/**
 * What a backend must do for work that is done once: each method is one atomic step. {@code
 * IdempotencyStoreContract} says the rest.
 */
interface IdempotencyStore {

  /** Begins; fails as {@link IdempotencyService#begin} says. */
  Future<Standing> begin(BeginWork request, Guard guard);

  /** Stores an answer; fails as {@link IdempotencyService#complete} says. */
  Future<Void> complete(CompleteWork request, Guard guard);

  /** Gives up; fails as {@link IdempotencyService#abort} says. */
  Future<Boolean> abort(Held request, Guard guard);

  /** Extends; fails as {@link IdempotencyService#extend} says. */
  Future<Duration> extend(Held request);

  Future<Optional<Standing>> find(Subject subject);

  /**
   * Forgets answers that were kept long enough.
   *
   * @param most how many
   * @return how many there were
   */
  Future<Integer> sweep(int most);
}
