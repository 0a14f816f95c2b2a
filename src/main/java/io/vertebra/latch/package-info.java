/**
 * Waiting for each other: latches, which open when enough participants have counted down, and
 * barriers, at which a number of participants wait until all have arrived.
 *
 * <p>Guaranteed: a participant counts once, however often it says so; a latch that is open stays so
 * until it is removed; a phase of a barrier ends only at a moment at which all its parties are
 * there; who gives up or goes away is no longer counted as there.
 *
 * <p>Not guaranteed: that all parties learn at the same time that a phase ended, or at all, if
 * their connection breaks first; they may ask for the phase. A participant whose node ends is taken
 * for there until its lease ends, which is the time it wanted to wait and ten seconds.
 *
 * <p>Start at {@code LatchApi} and {@code BarrierApi} for the operations, {@link LatchService} and
 * {@link BarrierService} for the contracts.
 */
@NullMarked
package io.vertebra.latch;

import org.jspecify.annotations.NullMarked;
