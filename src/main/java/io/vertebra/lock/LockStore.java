package io.vertebra.lock;

import io.vertebra.kv.Guard;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Where locks are kept. Every method is one atomic step, whoever else works on the same state, and
 * completes on the caller's context; it fails with {@code UNAVAILABLE} when nothing was done and
 * with {@code TIMEOUT} when it is not known.
 *
 * <p>Every backend promises: no lock is held beyond its terms by two owners whose leases both run
 * by the backend's clock; tokens grow with each grant of a name, for ever; a holding ends with its
 * lease; who waits and leaves, or whose node ends, keeps nothing and holds up nobody for longer
 * than a lease.
 *
 * <p>Only the kv backend promises more: grants come in the order of asking, to the moment; a fence
 * ({@link Guard}) is judged together with the write; an end of a lease is told within 100 ms. A
 * weaker one may serve those who wait in the order in which they ask again, may refuse a fence with
 * {@code INVALID}, may tell {@link #watch} by asking now and then, and says so in its class.
 */
interface LockStore {

  /**
   * Grants, or queues if the request has patience, or refuses. The terms of a name are those of
   * whoever holds or waits: others are refused with {@code CONFLICT} where they are seen. An owner
   * who holds it already is granted the same holding, renewed, once more if reentrant.
   *
   * @return {@code LIMITED} if too many wait
   */
  Future<Attempt> acquire(AcquireLock request, Guard guard);

  /**
   * Grants all of several locks or none; never queues.
   *
   * @param requests of one owner, with names in order, each once
   * @param held tokens, by name, of those among them that the owner holds by now; empty for none
   * @return what is refused is the first name in order that is not free
   */
  Future<Several> acquireAll(List<AcquireLock> requests, Map<String, Long> held, Guard guard);

  /** What a write says to be refused once another owner was granted the lock. */
  default String fence(Holding holding) {
    return holding.name() + "@" + holding.token();
  }

  /** Renews; {@code CONFLICT} if the owner does not hold it, or with another token. */
  Future<Granted> renew(RenewLock request, Guard guard);

  /**
   * Gives back, and passes on to those who wait.
   *
   * @return how often it is still held; empty if nobody held it. {@code CONFLICT} if another owner
   *     or token does
   */
  Future<Optional<Integer>> release(ReleaseLock request, Guard guard);

  /** Gives up waiting, and whatever was granted meanwhile; does nothing if there is nothing. */
  Future<Void> leave(Ticket ticket);

  /** What is known of a name, held or not. */
  Future<LockState> inspect(String name);

  /**
   * The names that are held, in order, those who wait only counted.
   *
   * @param after the name after which to begin; empty for the first
   * @param limit most names
   */
  Future<List<LockState>> list(String prefix, String after, int limit);

  /**
   * Follows what happens to a name, or to all that begin with it.
   *
   * @param fromRevision the first one wanted; 0 for what comes from now on
   * @return {@code COMPACTED} if the first one wanted is no more to be had
   */
  Future<LockService.Watch> watch(String name, boolean isPrefix, long fromRevision);

  /** What came of a request. */
  sealed interface Attempt permits Granted, Queued, Refused {}

  /**
   * It is held.
   *
   * @param safe how long from now on, at least: the lease but for the time that the way took
   */
  record Granted(Holding holding, Duration safe) implements Attempt {}

  /**
   * It is waited for.
   *
   * @param position of those who wait, the first being 1
   * @param granted completes once it is held; fails when the place is lost
   */
  record Queued(Ticket ticket, int position, Future<Granted> granted) implements Attempt {}

  /**
   * It is not to be had.
   *
   * @param holder one of those who hold it; empty if others wait before
   * @param remaining how long that one holds it unless it renews, as far as known
   */
  record Refused(String name, Optional<Holding> holder, Optional<Duration> remaining)
      implements Attempt {}

  /**
   * What came of asking for several locks.
   *
   * @param granted all of them, or none
   * @param refused the first that is not free
   */
  record Several(List<Granted> granted, Optional<Refused> refused) {}

  /**
   * A place in a queue.
   *
   * @param number grows with each place of a name
   */
  record Ticket(String name, String owner, long number) {}
}
