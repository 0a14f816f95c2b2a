/**
 * How log records are written: one line each, in UTF-8, on standard error.
 *
 * <p>Guaranteed: one record is one line, whatever is logged; a thread that logs never waits for the
 * output. Not guaranteed: that every record is written. When more are waiting than the queue holds,
 * the newest are dropped, and how many is logged as soon as there is room.
 */
@NullMarked
package io.vertebra.log;

import org.jspecify.annotations.NullMarked;
