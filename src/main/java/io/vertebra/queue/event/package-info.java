/**
 * Events in the form that many systems agree on, and the three ways in which HTTP carries them.
 *
 * <p>Guaranteed: what is read obeys CloudEvents 1.0.2, or is refused with the attribute and the
 * rule; what is written can be read by whoever does. Not guaranteed: that the types of extension
 * attributes other than text survive, for in headers all are text; other formats than JSON.
 *
 * <p>Start at {@link io.vertebra.queue.event.CloudEvent}.
 */
@NullMarked
package io.vertebra.queue.event;

import org.jspecify.annotations.NullMarked;
