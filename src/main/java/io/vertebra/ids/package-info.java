/**
 * Unique numbers of 63 bits in the order of time, without a trip to the store for each.
 *
 * <p>Guaranteed: no two ids are equal, whatever the clocks of the nodes do, however long a process
 * stands still and whoever dies; the ids of one node grow, within an answer and from one to the
 * next, also when its clock jumps back; ids of different nodes are in the order of their clocks'
 * milliseconds. A node issues only times that the store has set aside for its worker number alone,
 * and whoever has the number next begins after them; so nothing rests on a lease ending in time.
 *
 * <p>Not guaranteed: that ids follow each other without gaps, that the time in one is exact (a node
 * whose clock is behind, or that issues more than 4,096 ids in a millisecond, runs ahead of it), or
 * that ids of different nodes tell which was first.
 *
 * <p>Start at {@link IdApi} for the operation and {@link Window} for how an id is made.
 */
@NullMarked
package io.vertebra.ids;

import org.jspecify.annotations.NullMarked;
