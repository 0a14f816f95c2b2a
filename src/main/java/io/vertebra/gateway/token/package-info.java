/**
 * Access tokens of requests: where the keys of their issuers come from, and what of them is passed
 * on.
 *
 * <p>Guaranteed: nothing is fetched but what the definition of a route or the discovery document of
 * its issuer names, over https or from this machine; keys are fetched by one request at a time and
 * not more often than told, whatever tokens say; a token that was verified before is looked at
 * again in all but its signature; what a client sends in place of a claim never reaches an
 * upstream.
 *
 * <p>Not guaranteed: that a key which a foreign issuer took back is refused before its keys are
 * fetched again; that a foreign issuer's token was not revoked.
 *
 * <p>Source: RFC 6750, RFC 7517, RFC 8414, OpenID Connect Discovery 1.0.
 */
@NullMarked
package io.vertebra.gateway.token;

import org.jspecify.annotations.NullMarked;
