/**
 * Schedules: jobs that fire when their timetable says, on the node that leads the store.
 *
 * <p>Guaranteed: every occurrence of a schedule either runs or is told by the history with the
 * reason; it is written down before its target is called, so that a node that comes to lead calls
 * what the one before it had begun, with the same id and a greater token; two nodes never both
 * decide on an occurrence, whatever their clocks show; once a pause, change or removal is answered,
 * nothing fires by what was before.
 *
 * <p>Not guaranteed: that a target is called once, which it has to see to by the occurrence's id;
 * times, when no node leads, clocks are wrong or more is due than can be called at once; that a
 * call under way ends when it is cancelled; more of the history than the options keep; permissions
 * of queues and tasks, which whoever may write schedules can have used.
 */
@NullMarked
package io.vertebra.schedule;

import org.jspecify.annotations.NullMarked;
