package io.vertebra.route;

import io.vertebra.balancer.Upstream;
import io.vertx.core.Future;

/**
 * Reads and changes the definitions. Failures are {@link io.vertebra.api.Failure}s. Every change
 * fails with {@code STALE} when its precondition is not met, with {@code FENCED} when it is made
 * under a holding that was overtaken.
 */
public interface RouteService {

  /** The routes in the order of their names. */
  Future<Page<Route>> routes(PageRequest request);

  /** The route; fails with {@code NOT_FOUND} when there is none. */
  Future<Entry<Route>> route(String name);

  /**
   * Writes a route.
   *
   * @return as written; fails with {@code INVALID} when there is no such upstream, with {@code
   *     LIMITED} when there would be more than 10,000 routes
   */
  Future<Entry<Route>> putRoute(Route route, Precondition precondition);

  /**
   * Removes a route.
   *
   * @return the revision of the removal; fails with {@code NOT_FOUND} when there is none
   */
  Future<Long> deleteRoute(String name, Precondition precondition);

  /** The upstreams in the order of their names. */
  Future<Page<Upstream>> upstreams(PageRequest request);

  /** The upstream; fails with {@code NOT_FOUND} when there is none. */
  Future<Entry<Upstream>> upstream(String name);

  /**
   * Writes an upstream.
   *
   * @return as written; fails with {@code LIMITED} when there would be more than 1,000 upstreams
   */
  Future<Entry<Upstream>> putUpstream(Upstream upstream, Precondition precondition);

  /**
   * Removes an upstream.
   *
   * @return the revision of the removal; fails with {@code CONFLICT} when a route names it, with
   *     {@code NOT_FOUND} when there is none
   */
  Future<Long> deleteUpstream(String name, Precondition precondition);

  /**
   * Sets the state of one endpoint.
   *
   * @return the upstream as written; fails with {@code NOT_FOUND} when there is no such upstream or
   *     endpoint
   */
  Future<Entry<Upstream>> setEndpointState(SetEndpointState change, Precondition precondition);
}
