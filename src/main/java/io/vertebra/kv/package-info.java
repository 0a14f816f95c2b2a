/**
 * The store: ordered keys, transactions, leases and watches, on which the other concerns stand.
 *
 * <p>Guaranteed: a write is on the disk of a majority before it is acknowledged, and is applied
 * exactly once however often it was sent again on the way; reads are linearizable unless asked to
 * be serializable; a transaction happens wholly or not at all, at one revision; a watch tells every
 * change of its range once and in order, or fails with {@code COMPACTED}; a write whose fence was
 * overtaken is refused; a lease never ends early; a restore replaces all of it at one revision,
 * later than all before, or none.
 *
 * <p>Not guaranteed: a lease may end late, by its whole time when the leader changes; a
 * serializable read may be as old as this node is behind; a write that fails with {@code TIMEOUT}
 * may have happened; of locks that are numbered elsewhere only the last are known.
 */
@NullMarked
package io.vertebra.kv;

import org.jspecify.annotations.NullMarked;
