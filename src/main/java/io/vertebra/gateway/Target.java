package io.vertebra.gateway;

import io.vertebra.balancer.LiveUpstream;
import io.vertebra.balancer.StickyCookie;
import io.vertebra.balancer.Upstream;
import io.vertebra.route.Route;
import java.time.Duration;
import java.util.Optional;

/**
 * Where a route leads, with what the hot path needs of both definitions.
 *
 * @param sticky the cookie that ties clients to endpoints, if the upstream wants one
 * @param firstByteNanos how long the endpoint may take from the last byte of the request to the
 *     first of its answer
 * @param pendingNanos how long a request may wait for a connection
 * @param idleNanos how long nothing may move while the answer is under way
 * @param hedgeNanos after what time a second endpoint is asked; 0 for never
 * @param maxRetries how often a request may be sent again
 */
record Target(
    Route route,
    LiveUpstream upstream,
    RouteMeters meters,
    Optional<StickyCookie> sticky,
    long firstByteNanos,
    long pendingNanos,
    long idleNanos,
    long hedgeNanos,
    int maxRetries) {

  /**
   * Joins both definitions.
   *
   * @param stickyKey what signs sticky cookies
   */
  static Target of(Route route, LiveUpstream upstream, RouteMeters meters, byte[] stickyKey) {
    Upstream definition = upstream.definition();
    Duration firstByte = route.firstByteTimeout().orElse(definition.timeouts().firstByte());
    return new Target(
        route,
        upstream,
        meters,
        definition.balancing().stickyCookie().map(cookie -> new StickyCookie(cookie, stickyKey)),
        firstByte.toNanos(),
        definition.connection().pendingTimeout().toNanos(),
        definition.timeouts().idle().toNanos(),
        definition.hedge().after().toNanos(),
        route.retries() ? definition.retry().attempts() : 0);
  }

  boolean mayRetry() {
    return maxRetries > 0;
  }
}
