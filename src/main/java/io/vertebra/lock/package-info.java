/**
 * Locks with a lease, a queue and a token: exclusive, shared, or some permits of a number.
 *
 * <p>Guaranteed: of those whose leases run, no two hold a lock beyond its terms; who waits for a
 * name is served in the order of asking, also over several nodes, and waits without a thread; the
 * token of a grant is greater than those of all grants of that name before, also across restarts;
 * who was overtaken while holding exclusively is refused by every write of the store that carries
 * its fence; a holding ends only by being given back or with its lease; who waits and goes away, or
 * whose node ends, keeps no place.
 *
 * <p>Not guaranteed: that an owner whose lease ended knows of it before another one holds the lock.
 * Only a fence makes that harmless, and there is none for shared holdings and permits, since a
 * fence lets through one holder alone. A lease may end late, by its whole time when the store's
 * leader changes. Places are lost, and those who wait told so with {@code UNAVAILABLE}, when their
 * node is cut off from the store for longer than its session. Several locks at once are served in
 * order for each name alone. Limits of those who wait are kept about, not exactly. Events on the
 * bus may be lost; a watch tells all.
 *
 * <p>Start at {@code LockApi} for the operations, {@link LockService} for the contract, {@code
 * LockStore} for what a backend has to do, and {@code LockQueue} for who may hold what.
 */
@NullMarked
package io.vertebra.lock;

import org.jspecify.annotations.NullMarked;
