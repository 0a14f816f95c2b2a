package io.vertebra.latch;

import io.vertebra.kv.Guard;
import io.vertx.core.Future;

/**
 * Latches for their callers. Everything may fail with {@code INVALID}, {@code UNAVAILABLE} (nothing
 * was done) and {@code TIMEOUT} (it is not known what was done). Safe for any thread.
 */
public interface LatchService {

  /** Makes a latch; {@code CONFLICT} if there is one with another count. */
  Future<LatchState> create(CreateLatch request, Guard guard);

  /** Counts a participant, once; {@code NOT_FOUND} if there is no latch. */
  Future<LatchState> countDown(CountDown request, Guard guard);

  /**
   * The latch, once it is open or time is up; {@code NOT_FOUND} if there is none.
   *
   * @param gone completes when the caller went away
   */
  Future<LatchState> await(AwaitLatch request, Future<Void> gone);

  /** Removes a latch; whether there was one. */
  Future<Boolean> remove(String name, Guard guard);
}
