/**
 * Work that is done once for each key, however often it is asked for: who begins first does it, the
 * others are given its answer, or told that it is under way.
 *
 * <p>Guaranteed: of all who begin with one key one is told to do the work, until its answer is
 * stored, it gives up, or its lease ends because it died or stood still; whoever lost the key so
 * can no longer store an answer; an answer once stored is given to everyone with the same
 * fingerprint for as long as it is to be kept, and a different fingerprint is refused.
 *
 * <p>Not guaranteed: that work is done exactly once. Who does it and dies before its answer is
 * stored may have done it, and the next one does it again; work must bear that, or carry the token
 * on as a fence. Answers are kept by the clocks of the nodes. The bytes that a scope may take are
 * checked when work begins, so those under way may pass the limit by their own answers.
 *
 * <p>Start at {@link IdempotencyApi} for the operations, {@link IdempotencyService} for the
 * contract and {@link IdempotencyInterceptor} for our own writes.
 */
@NullMarked
package io.vertebra.idempotency;

import org.jspecify.annotations.NullMarked;
