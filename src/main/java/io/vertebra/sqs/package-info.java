/**
 * The JSON protocol of Amazon SQS, so that clients of SQS work unchanged: a translation of
 * requests, answers and errors into operations of queues that holds no messages and no rules of its
 * own.
 *
 * <p>Guaranteed: what queues promise, and more than SQS does: a receipt that a later delivery
 * superseded is refused; messages are in the order of their group on the disks of a majority once
 * they are answered; whoever sends a request needs for it what the operation itself needs.
 *
 * <p>Not guaranteed: what {@code docs/sqs.md} lists as different; that signatures are checked, for
 * their secrets are not known here; that a change of a queue's attributes is heeded by other nodes
 * at once, which takes up to a second.
 *
 * <p>Source: the Amazon SQS API Reference, 2012-11-05, and what the AWS SDK for Java 2 sends and
 * checks.
 */
@NullMarked
package io.vertebra.sqs;

import org.jspecify.annotations.NullMarked;
