/**
 * Elections: of several candidates one leads, until it resigns or its lease ends.
 *
 * <p>Guaranteed: what {@code io.vertebra.lock} guarantees of an exclusive lock, which an election
 * is: the lock {@code election/} and its name. Candidates are elected in the order in which they
 * began to campaign; a leader's term is greater than those of all before; what a leader proclaims
 * is seen by every observer after it, unless another leader or proclamation followed sooner.
 *
 * <p>Not guaranteed: that a leader whose lease ended knows of it before the next one leads; its
 * fence, {@code election/name@term}, makes that harmless.
 *
 * <p>Start at {@code ElectionApi} for the operations and {@link ElectionService} for the contract.
 */
@NullMarked
package io.vertebra.election;

import org.jspecify.annotations.NullMarked;
