/**
 * Consul's HTTP API, so that clients of Consul work unchanged: keys with sessions and locks,
 * transactions over them and the catalog, events, and the agent's, catalog's and health's view of
 * the registry.
 *
 * <p>Guaranteed: a write is one transaction of the store, acknowledged when it is durable; reads
 * are linearizable; of the sessions that try at most one acquires a key; a session does not end
 * before its time to live is over; the keys of a session that ended are released or removed before
 * anybody else acquires or reads them, and nobody acquires them for the lock delay from then on;
 * the index of an answer never goes back, and a blocking query answers only when what it asks for
 * was written or removed, or when its time is over.
 *
 * <p>Not guaranteed: that a session ends at its time to live sharply (Consul itself doubles it);
 * that an index stays as it is while others remove keys, for removals are remembered in a bounded
 * number of places that some keys share; events of Consul's gossip reach who asks, nobody else.
 *
 * <p>Source: Consul's API documentation and the sources of its clients; the semantics of locks are
 * those of Consul's state store, and the lock delay that of M. Burrows, "The Chubby lock service
 * for loosely-coupled distributed systems", 2006, section 2.4.
 */
@NullMarked
package io.vertebra.consul;

import org.jspecify.annotations.NullMarked;
