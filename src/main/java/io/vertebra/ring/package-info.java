/**
 * Consistent hashing: which of several nodes owns a key, so that few keys move when nodes come and
 * go. Pure and immutable, safe for any thread.
 *
 * <p>Guaranteed: the same names, weights and hash give the same owner on every machine and in every
 * run, in whatever order the nodes are given. When a node leaves a {@link HashRing} or a {@link
 * Rendezvous}, only its keys move; skipping a node by {@link ConsistentHash#walk} moves only its
 * keys in all three. Not guaranteed: that every node gets exactly its share (see each class for how
 * close it comes), or that a rebuilt {@link Maglev} moves no other keys (it moves a few).
 */
@NullMarked
package io.vertebra.ring;

import org.jspecify.annotations.NullMarked;
