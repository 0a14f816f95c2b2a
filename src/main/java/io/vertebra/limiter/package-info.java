/**
 * Limits on how often something is done, and by how many at once: for routes of the gateway, for
 * our own API, and for applications that ask.
 *
 * <p>Guaranteed: a decision is one atomic step at the node that owns the key, so that in a calm
 * cluster no more is admitted than the limit says, exactly; several policies asked at once are
 * taken all or not at all; what is forgotten of a key is only what is as good as new. {@code
 * docs/limiter.md} says how much more may be admitted when nodes or networks break, for each engine
 * and each mode of outage.
 *
 * <p>Not guaranteed: order or fairness among those who are refused; that nothing is lost for the
 * caller when an owner dies between a decision and its answer; a history. While several policies
 * are taken, one that is given back a moment later may refuse somebody else. The engine {@code
 * hazelcast} forgets everything when all nodes stop.
 *
 * <p>Start at {@code LimiterApi} for the operations, {@link Limit} for the algorithms, {@code
 * Change} for what happens to a key, {@link LimiterService} for the contract.
 */
@NullMarked
package io.vertebra.limiter;

import org.jspecify.annotations.NullMarked;
