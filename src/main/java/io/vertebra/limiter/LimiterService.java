package io.vertebra.limiter;

import io.vertx.core.Future;
import java.util.List;

/**
 * Limits for whoever asks. Futures fail with {@code NOT_FOUND} for a policy that is not there and
 * {@code UNAVAILABLE} when the state cannot be asked and a policy is closed then.
 */
public interface LimiterService {

  /** Takes permits of a policy and of those it names, or of none of them. */
  Future<Admission> take(TakeLimit request);

  /** Tells what a take would get, and takes nothing. */
  Future<Admission> peek(TakeLimit request);

  /** Several takes, each on its own; one that cannot be decided is refused without a policy. */
  Future<List<Admission>> takeAll(List<TakeLimit> requests);

  /** Forgets what is known of a key, for this policy alone. */
  Future<Void> reset(TakeLimit key);

  /** Gives back what is held; true if it was held. */
  Future<Boolean> release(ReleaseLimit held);

  /** All policies by name. */
  Future<List<StoredPolicy>> policies();

  /** A policy. */
  Future<StoredPolicy> policy(String name);

  /**
   * Writes a policy, in force on this node when the future completes and on the others moments
   * later; {@code STALE} if it is not at the revision expected, {@code INVALID} if it names one
   * that is not there.
   */
  Future<StoredPolicy> put(WritePolicy<Policy> change);

  /** Removes a policy that no other names; answers the revision of the removal. */
  Future<Long> delete(WritePolicy<String> change);
}
