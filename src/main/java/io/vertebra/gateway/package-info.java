/**
 * The gateway: takes users' requests on its own listener and forwards each to an endpoint of an
 * upstream.
 *
 * <p>Guaranteed: bodies stream both ways with backpressure, so memory does not grow with their size
 * or with a slow reader; nothing hop-by-hop crosses (RFC 9110 section 7.6.1); a request is sent
 * again only if nothing of it was sent, or if its method is idempotent, it has no body and no byte
 * of an answer has arrived; with {@code auth} none is forwarded whose token is not good; a change
 * of routes drops neither a request nor a tunnel. Not guaranteed: trailers of requests (Vert.x does
 * not read them; those of responses are passed on), WebSocket over HTTP/2 (RFC 8441).
 *
 * <p>Start at {@link Forwarder} for a request's way, {@link Gateway} for what all event loops
 * share.
 */
@NullMarked
package io.vertebra.gateway;

import org.jspecify.annotations.NullMarked;
