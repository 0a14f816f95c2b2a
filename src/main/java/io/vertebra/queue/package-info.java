/**
 * Queues: durable messages, each delivered to every group of consumers until it is acknowledged.
 *
 * <p>Guaranteed: a message whose send was answered is on the disk of a majority, and is delivered
 * at least once to every group; it is not delivered again after the answer to its acknowledgement;
 * of the messages of one key a group has one at a time, in the order they were sent; a receipt that
 * a later delivery superseded is refused; a message that is given up goes to the dead letters in
 * the same transaction in which it leaves its queue; a dedup id within its window is one message.
 * All of that holds across changes of the owner.
 *
 * <p>Not guaranteed: exactly one delivery, since a consumer may work longer than its lease or die
 * before its acknowledgement; an order of messages without a key beyond priority and about the time
 * of sending; that a lease lasts as long as it says when the clocks of two owners differ. A send
 * that fails with {@code TIMEOUT} may have happened: a dedup id makes its repetition harmless.
 *
 * <p>How it works: one node, the one that leads the store, owns all queues. It alone writes them,
 * fenced by the store, and keeps an index of them in memory: small things only, never bodies. In
 * Redis nobody owns them: {@link RedisQueueService} has each call done there by one script, and
 * what is durable is for the server's settings to say. Start at {@link QueueApi} for the
 * operations, {@link QueueService} for the contract and {@link OwnedQueueService} for the owner.
 */
@NullMarked
package io.vertebra.queue;

import org.jspecify.annotations.NullMarked;
