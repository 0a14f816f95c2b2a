/**
 * Sessions of an application's users, shared by all of its instances.
 *
 * <p>Guaranteed: an id of ours is 192 bits of a secure source; it is told once, to who began or
 * rotated the session, and kept nowhere: stores, lists, events and logs have its SHA-256, the
 * handle. Attributes are merged one by one, so requests that change different ones at the same time
 * lose nothing of each other, and of the same one the later wins; a change is done as a whole or
 * not at all. A rotation is one step: the old id ends with it at once, without a time of grace, and
 * no session is ever without an id or with two. A session never ends before its idle time since the
 * last touch is over, nor lives on after its absolute end for anybody who asks. What was ended
 * stays ended: no late write of another request brings it back.
 *
 * <p>Not guaranteed: that a session ends exactly with its idle time. It lives longer by up to
 * {@link SessionOptions#touch}, because reads do not tell each touch, and in {@code kv} by its
 * whole idle time when another node begins to lead the store. Events on the bus may be lost. Of a
 * session in Redis what {@code io.vertebra.redis} says holds. A change with an idempotency key
 * counts once as long as it is among the session's last 16 of such.
 *
 * <p>Start at {@link SessionApi} for the operations and {@link SessionService} for the contract.
 */
@NullMarked
package io.vertebra.session;

import org.jspecify.annotations.NullMarked;
