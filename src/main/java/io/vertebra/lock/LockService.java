package io.vertebra.lock;

import io.vertebra.kv.Guard;
import io.vertx.core.Future;
import java.util.List;

/**
 * Locks for their callers. Everything may fail with {@code INVALID}, {@code UNAVAILABLE} (nothing
 * was done) and {@code TIMEOUT} (it is not known what was done). Safe for any thread.
 */
public interface LockService {

  /**
   * Gets a lock, waiting as long as the request says, first come, first served.
   *
   * @param gone completes when the caller went away: it then leaves the queue
   * @return {@code CONFLICT} if it is held by others until the patience ends; {@code LIMITED} if
   *     too many wait
   */
  Future<LockGrant> acquire(AcquireLock request, Guard guard, Future<Void> gone);

  /** Gets all of several locks or none; first come, first served for each name alone. */
  Future<List<LockGrant>> acquireAll(AcquireLocks request, Guard guard, Future<Void> gone);

  /** Lets a lease begin anew; {@code CONFLICT} if the owner does not hold the lock any more. */
  Future<LockGrant> renew(RenewLock request, Guard guard);

  /**
   * Gives a lock back; no error if nobody holds it.
   *
   * @return {@code CONFLICT} if somebody else does
   */
  Future<Released> release(ReleaseLock request, Guard guard);

  /** A lock, its holders and those who wait, held or not. */
  Future<LockState> inspect(String name);

  /** The locks that are held. */
  Future<LockPage> list(ListLocks request);

  /**
   * Follows what happens to a lock, or to all whose names begin so.
   *
   * @return {@code COMPACTED} if the first revision wanted is no more to be had
   */
  Future<Watch> watch(WatchLocks request);

  /** A cursor over what happens to locks. */
  interface Watch {

    /** What happened since; waits for something. To be called again only when answered. */
    Future<Batch> next();

    /** Everything up to this revision has been told. */
    long told();

    /** Ends it. */
    void close();
  }

  /**
   * What happened, in order.
   *
   * @param revision everything up to this one has been told
   */
  record Batch(long revision, List<LockEvent> events) {}
}
