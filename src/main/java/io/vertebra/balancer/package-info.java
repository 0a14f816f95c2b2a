/**
 * Which endpoint of an upstream gets the next request, and which ones must not.
 *
 * <p>{@link io.vertebra.balancer.Upstream} is what an operator defines, with its options in one
 * record each; {@link io.vertebra.balancer.LiveUpstream} picks and knows what goes on; {@link
 * io.vertebra.balancer.LiveEndpoint} is told of every request. A {@code Picker} is one policy; it
 * sees a {@code View}, those who may be picked until something changes. {@code OutlierDetector},
 * {@code CircuitBreaker}, {@code CheckState}, {@code SlowStart}, {@code RetryBudget} and {@code
 * Ewma} are the algorithms, free of threads and clocks.
 *
 * <p>In JSON a duration is a whole number of milliseconds, its key the component's name and {@code
 * Ms}.
 *
 * <p>Guaranteed: an endpoint that is down, draining, ejected, failing its check or behind an open
 * breaker is picked only when all are so (then every one that is up, and it is counted), and one
 * that is not up is never picked. Picking is safe for any thread and does not block. Not
 * guaranteed: exact limits under concurrency. Two threads that pick at the same instant see the
 * same loads, so bounded load and the breaker's trials may be exceeded by as many requests as there
 * are threads picking. State is this node's own; nodes do not agree on who is healthy.
 */
@NullMarked
package io.vertebra.balancer;

import org.jspecify.annotations.NullMarked;
