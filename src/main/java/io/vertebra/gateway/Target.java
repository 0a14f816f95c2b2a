package io.vertebra.gateway;

import io.vertebra.balancer.LiveUpstream;
import io.vertebra.balancer.StickyCookie;
import io.vertebra.balancer.Upstream;
import io.vertebra.gateway.token.ClaimHeaders;
import io.vertebra.gateway.token.TokenVerifier;
import io.vertebra.gateway.token.TokenVerifiers;
import io.vertebra.route.Route;
import io.vertebra.route.RouteAuth;
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
 * @param verifier of the tokens that requests must carry, if they must
 * @param claimHeaders what the endpoint is told of them
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
    int maxRetries,
    Optional<TokenVerifier> verifier,
    ClaimHeaders claimHeaders) {

  /**
   * Joins both definitions.
   *
   * @param stickyKey what signs sticky cookies
   */
  static Target of(
      Route route,
      LiveUpstream upstream,
      RouteMeters meters,
      byte[] stickyKey,
      TokenVerifiers tokens) {
    Upstream definition = upstream.definition();
    Optional<RouteAuth> auth = route.guards().auth();
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
        route.retries() ? definition.retry().attempts() : 0,
        auth.map(tokens::of),
        auth.map(rule -> new ClaimHeaders(rule.claims())).orElse(ClaimHeaders.NONE));
  }

  /** Whether the endpoint does not get a client's field of this name. */
  boolean withholds(String name) {
    boolean tokenStays =
        route.guards().auth().isPresent() && !route.guards().auth().get().forwardToken();
    return claimHeaders.withholds(name) || (tokenStays && name.equalsIgnoreCase("authorization"));
  }

  boolean mayRetry() {
    return maxRetries > 0;
  }
}
