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
    long revision, boolean succeeded, List<OpResult> results, boolean replayed) {

  /**
   * Whether its conditions did not hold and it did nothing, so that another one of its idempotency
   * key may.
   */
  boolean isRefusal() {
    return !succeeded && onlyReads(results);
  }

  private static boolean onlyReads(List<OpResult> results) {
    return results.stream()
        .allMatch(
            result ->
                result instanceof OpResult.Get
                    || (result instanceof OpResult.Choice choice && onlyReads(choice.results())));
  }
}
