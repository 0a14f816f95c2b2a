package io.vertebra.ids;

/**
 * A worker number held by this node, and times set aside for it.
 *
 * @param number 0 to 1023
 * @param lease under which the number is held
 * @param used the last millisecond that an earlier holder may have used, since {@link
 *     Window#EPOCH_MS}
 * @param until the last millisecond set aside
 */
record Worker(int number, long lease, long used, long until) {}
