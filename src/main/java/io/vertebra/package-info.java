/**
 * A node: its options, its start, its stop.
 *
 * <p>Guaranteed: a node that cannot start says why in one sentence, closes what it had opened and
 * exits with 1; a node told to stop refuses new work, lets work under way end within {@code
 * shutdown.timeoutMs}, closes what it opened in reverse order and exits with 0. Not guaranteed:
 * that work which takes longer is finished; how much was left is logged.
 *
 * <p>Start at {@link io.vertebra.Main} for the command line, {@link io.vertebra.Vertebra} for the
 * order in which things open.
 */
@NullMarked
package io.vertebra;

import org.jspecify.annotations.NullMarked;
