/**
 * Counters that many callers add to, and blocks of numbers that are given out once.
 *
 * <p>Guaranteed: an add is one entry of the store's log, exact however many add at once; a bound,
 * or what 64 bits hold, is never passed, and an add that would pass it changes nothing; a batch is
 * done as a whole or not at all; an add that is sent again with the same {@code Idempotency-Key}
 * counts once, also when the leader changed in between; what is answered to a read was the value at
 * some moment while it was under way, for a counter of several shards as well; blocks of a sequence
 * never overlap and a later one is greater.
 *
 * <p>Not guaranteed: that an add without such a key which timed out did not count, nor that every
 * number of a sequence is used: who takes a block and dies leaves a gap. Events on the bus may be
 * lost, and tell of what was set, reset or removed, not of what was added.
 *
 * <p>Start at {@link CounterApi} for the operations and {@link CounterService} for the contract.
 */
@NullMarked
package io.vertebra.counter;

import org.jspecify.annotations.NullMarked;
