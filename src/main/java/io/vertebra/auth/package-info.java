/**
 * Who may do what: users and API keys, logins and their tokens, roles and permissions.
 *
 * <p>Guaranteed: passwords are kept as hashes and API keys as hashes of random secrets; refresh
 * tokens are not kept at all; a refresh token is good once, gives the same successor for a short
 * time after, and ends its session when it is used later; attempts to log in are counted before
 * they are made; what is revoked is refused by every node that follows the store; where it is
 * enabled, an operation is done only for who is permitted, whichever door the call came through; a
 * client's certificate permits what its rule says; each login, change and refusal is written to the
 * audit log.
 *
 * <p>Not guaranteed: that a node cut off from the store learns of a revocation before an access
 * token ends by itself; anything against who has the secret keys; that times are right where the
 * clocks of nodes differ by more than the skew.
 *
 * <p>Start at {@link AuthApi} for the operations, {@link AuthInterceptor} for the door, and {@link
 * SessionService} for the life of a token.
 */
@NullMarked
package io.vertebra.auth;

import org.jspecify.annotations.NullMarked;
