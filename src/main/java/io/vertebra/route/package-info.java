/**
 * Routes and upstreams: which requests the gateway passes on, where to, and what it changes on the
 * way.
 *
 * <p>Guaranteed: every change is one atomic step with a revision of its own; a change that names
 * the revision it expects is refused with {@code STALE} when another came first, so no update is
 * lost; a route never names an upstream that does not exist; watchers see every snapshot, in order
 * of revision; the route chosen for a request depends on nothing but the request and the snapshot.
 *
 * <p>Not guaranteed: that nodes agree, or that a change survives a restart. The state is kept in
 * memory by each node, which begins with the routes and upstreams of its configuration file. Events
 * on the bus are announcements: they may be lost, and carry a revision by which to tell.
 *
 * <p>Start at {@link RouteApi} for the operations, {@link RouteService} for the contract and {@link
 * RouteTable} for the order in which routes are tried.
 */
@NullMarked
package io.vertebra.route;

import org.jspecify.annotations.NullMarked;
