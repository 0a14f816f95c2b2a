package io.vertebra.idempotency;

import io.vertebra.kv.Guard;
import io.vertx.core.Future;
import java.time.Duration;

/** Has work done once. Failures are {@link io.vertebra.api.Failure}s. */
public interface IdempotencyService {

  /**
   * Begins, unless it is done or under way.
   *
   * @return {@code MISMATCH} if the key belongs to a request of another fingerprint, {@code
   *     LIMITED} if the scope holds too much
   */
  Future<Standing> begin(BeginWork request, Guard guard);

  /**
   * Stores the answer and ends the work; doing so twice is no error.
   *
   * @return {@code FENCED} if the caller does not do it any more, {@code TOO_LARGE} if the body is
   *     longer than is stored
   */
  Future<Void> complete(CompleteWork request, Guard guard);

  /**
   * Gives the work up, so that somebody may begin anew.
   *
   * @return whether it was under way; {@code FENCED} if the caller does not do it any more
   */
  Future<Boolean> abort(Held request, Guard guard);

  /** Lets the lease begin anew; {@code FENCED} if the caller does not do it any more. */
  Future<Duration> extend(Held request);

  /** How it stands; {@code NOT_FOUND} if nobody began, gave up or it is forgotten. */
  Future<Standing> status(Subject subject);
}
