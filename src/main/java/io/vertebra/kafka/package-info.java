/**
 * The clients of a Kafka outside of the cluster, for queues that are kept there.
 *
 * <p>Guaranteed: nothing here blocks an event loop; secrets of the settings are never logged; a
 * Kafka that does not answer is no reason not to start.
 *
 * <p>Not guaranteed: that a call which failed for lack of an answer had no effect.
 */
@NullMarked
package io.vertebra.kafka;

import org.jspecify.annotations.NullMarked;
