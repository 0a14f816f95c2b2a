/**
 * Tasks: work that workers pull, each for one worker at a time until it is done.
 *
 * <p>The record of a task leads; the message in the queue of its type only invites workers to it.
 * Both are written in one transaction, by the outbox of the store. A claim, a result or a
 * cancellation counts once the record says so, whatever becomes of the message; a message whose
 * record does not wait for it is dropped.
 *
 * <p>Guaranteed: a task that was accepted is offered to workers until it has ended; at any time one
 * receipt at most can end it, and one whose lease passed to another worker is refused with {@code
 * FENCED}; a task that has ended does not begin again, and its record tells how it ended for as
 * long as the options say.
 *
 * <p>Not guaranteed: that a worker is the only one at work, for it may go on after its lease ended,
 * so what it does elsewhere should carry the number of the attempt; an order of tasks beyond their
 * priority and key; that a worker hears of a cancellation before its next heartbeat; tasks whose
 * queue is deleted or purged by hand.
 */
@NullMarked
package io.vertebra.task;

import org.jspecify.annotations.NullMarked;
