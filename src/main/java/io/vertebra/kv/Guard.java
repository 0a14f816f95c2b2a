package io.vertebra.kv;

import io.vertebra.api.BusDoor;
import io.vertebra.api.Fields;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * What a write is done under, whatever it writes: the holding of a lock, and a key by which it is
 * done once.
 *
 * @param fence the holding
 * @param idempotencyKey 1 to 128 characters, or empty for none
 */
public record Guard(Optional<Fence> fence, String idempotencyKey) {
  /** Nothing. */
  public static final Guard NONE = new Guard(Optional.empty(), "");

  /**
   * Tells the fields of a request that say it, and yields it once the request is {@linkplain
   * Fields#build built}.
   */
  public static Supplier<Guard> of(Fields fields) {
    Supplier<Guard> fenced = ofFence(fields);
    String once =
        fields
            .text(BusDoor.IDEMPOTENCY_KEY, 1, KvRules.MAX_IDEMPOTENCY_KEY_LENGTH)
            .about("Text by which this is done once, however often it is sent.")
            .optional()
            .orElse("");
    return () -> new Guard(fenced.get().fence(), once);
  }

  /** The same of an operation that leaves idempotency keys to what keeps whole answers. */
  public static Supplier<Guard> ofFence(Fields fields) {
    Optional<String> fence =
        fields
            .text(BusDoor.FENCE, 3, KvRules.MAX_LOCK_BYTES + 20)
            .about("A lock, @ and the token held.")
            .optional();
    return () -> new Guard(fence.map(KvRules::fence), "");
  }

  /** The transaction under this. */
  public Txn on(Txn txn) {
    return new Txn(txn.compares(), txn.then(), txn.otherwise(), fence, idempotencyKey);
  }
}
