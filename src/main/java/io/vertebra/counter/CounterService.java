package io.vertebra.counter;

import io.vertebra.kv.Guard;
import io.vertx.core.Future;
import java.util.List;

/**
 * Counters and sequences. Failures are {@link io.vertebra.api.Failure}s; every change fails with
 * {@code FENCED} if the holding it is made under was overtaken, and with {@code MISMATCH} if its
 * idempotency key belongs to another request.
 */
public interface CounterService {

  /**
   * Adds to a counter, creating it at 0 if need be.
   *
   * @return {@code CONFLICT} if the value would be out of bounds or of 64 bits; {@code INVALID} for
   *     bounds on a counter of several shards
   */
  Future<Added> add(AddCounter request, Guard guard);

  /**
   * Adds to several counters at one revision, or to none.
   *
   * @param requests 1 to 128 of different names
   * @return as they were given; {@code CONFLICT} if one is refused or has several shards
   */
  Future<List<Added>> addAll(List<AddCounter> requests, Guard guard);

  /** A counter; {@code NOT_FOUND} if there is none. */
  Future<Counter> get(String name);

  Future<CounterPage> list(ListCounters request);

  /**
   * Gives a counter a value.
   *
   * @return {@code STALE} if it is not as expected, {@code CONFLICT} if it has several shards, or a
   *     counter is there that was to get some
   */
  Future<Counter> set(SetCounter request, Guard guard);

  /** Sets a counter to 0, its shards too; {@code NOT_FOUND} if there is none. */
  Future<Counter> reset(String name, Guard guard);

  /** Removes a counter; the revision. {@code NOT_FOUND} if there is none. */
  Future<Long> delete(String name, Guard guard);

  /** Takes the next numbers of a sequence; {@code CONFLICT} once 64 bits are used up. */
  Future<Block> take(TakeBlock request, Guard guard);
}
