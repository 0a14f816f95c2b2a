/**
 * The api listener, and what every HTTP listener shares.
 *
 * <p>Guaranteed: a request that two parsers could read in two ways (RFC 9112 sections 3.2, 5 and 6)
 * is refused before any handler sees it and its connection is closed; every limit of {@link
 * io.vertebra.http.ListenerOptions} holds for all instances of a listener together; a refusal is a
 * problem document (RFC 9457) wherever the protocol lets one be sent, and is counted; a changed
 * certificate is used for new connections without a restart, and a bad one is never used.
 *
 * <p>Not guaranteed: fairness between clients below the limits; a limit on the body of a request
 * that does not declare its length (the handler that reads it counts); a limit on connections that
 * have not ended their TLS handshake, which end after 10 s.
 */
@NullMarked
package io.vertebra.http;

import org.jspecify.annotations.NullMarked;
