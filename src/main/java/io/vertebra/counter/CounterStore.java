package io.vertebra.counter;

import io.vertebra.kv.Guard;
import io.vertx.core.Future;
import java.util.List;
import java.util.Optional;

/**
 * What a backend must do for counters: each change is one atomic step. {@code CounterStoreContract}
 * says the rest.
 */
interface CounterStore {

  /** Adds; fails as {@link CounterService#add} says. */
  Future<Added> add(AddCounter request, Guard guard);

  /** Adds to all or none; fails as {@link CounterService#addAll} says. */
  Future<List<Added>> addAll(List<AddCounter> requests, Guard guard);

  Future<Optional<Counter>> find(String name);

  Future<CounterPage> list(ListCounters request);

  /** Sets; fails as {@link CounterService#set} says. */
  Future<Counter> set(SetCounter request, Guard guard);

  /** Sets to 0; empty if there is none. */
  Future<Optional<Counter>> reset(String name, Guard guard);

  /** Removes; the revision, or empty if there is none. */
  Future<Optional<Long>> delete(String name, Guard guard);

  /** Takes the next numbers of a sequence. */
  Future<Block> take(TakeBlock request, Guard guard);
}
