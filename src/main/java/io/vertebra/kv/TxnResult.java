package io.vertebra.kv;

import java.util.List;

/**
 * What a transaction did.
 *
 * @param revision of the store after it; a transaction that changed nothing leaves it as it was
 * @param succeeded whether all compares held
 * @param results of the steps taken, in their order
 * @param replayed whether this is the answer to an earlier transaction of the same idempotency key
 */
public record TxnResult(
    long revision, boolean succeeded, List<OpResult> results, boolean replayed) {}
