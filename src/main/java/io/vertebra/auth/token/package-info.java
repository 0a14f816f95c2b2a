/**
 * Tokens: how they are signed, and what is looked at before one is believed. It knows no store and
 * no clock.
 *
 * <p>Guaranteed: a token passes the {@link TokenGate} only in the one form that its bytes have,
 * with an algorithm that is expected, a key of that algorithm that is known, and the issuer,
 * audience and times wanted; nothing that a token says of itself chooses how it is checked but the
 * id of a key among the known ones.
 *
 * <p>Not guaranteed: that a token was not revoked, which is another's to know.
 *
 * <p>Source: RFC 7515, 7517, 7518, 8037, 8725 and 9068.
 */
@NullMarked
package io.vertebra.auth.token;

import org.jspecify.annotations.NullMarked;
