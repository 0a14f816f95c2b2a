/**
 * Calls to HTTP servers that users of the API name, for whatever concern makes some.
 *
 * <p>Guaranteed: no connection is made to an address that the options do not allow, whatever a name
 * resolves to and whenever; no redirect is followed; a receiver can tell who called, when and with
 * what, if it has the secret. Not guaranteed: anything of hosts that the options name, be they at
 * whatever address; that a public address is not one of this network.
 *
 * <p>Start at {@link io.vertebra.webhook.WebhookGuard}.
 */
@NullMarked
package io.vertebra.webhook;

import org.jspecify.annotations.NullMarked;
