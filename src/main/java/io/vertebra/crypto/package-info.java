/**
 * Secret keys that the nodes of a cluster share, for whatever concern needs some.
 *
 * <p>Guaranteed: what is sealed cannot be read or changed by who has no key, nor pass for something
 * else; each concern and use has a key of its own; a file made here can be read by its owner alone,
 * where the file system knows owners. Not guaranteed: anything against who has the keys.
 *
 * <p>Start at {@link io.vertebra.crypto.SecretKeys}.
 */
@NullMarked
package io.vertebra.crypto;

import org.jspecify.annotations.NullMarked;
