package io.vertebra.queue;

import io.vertebra.api.Failure;
import io.vertebra.api.FailureCode;
import io.vertebra.kv.Bytes;
import io.vertebra.kv.Compare;
import io.vertebra.kv.Fence;
import io.vertebra.kv.KvEntry;
import io.vertebra.kv.KvService;
import io.vertebra.kv.Numbers;
import io.vertebra.kv.Op;
import io.vertebra.kv.OpResult;
import io.vertebra.kv.Txn;
import io.vertebra.kv.TxnResult;
import io.vertx.core.Future;
import java.util.Optional;

/** Who the owner is, in the store. */
final class TermStore {
  private final KvService kv;
  private final String node;

  TermStore(KvService kv, String node) {
    this.kv = kv;
    this.node = node;
  }

  /** Becomes the owner; whoever was it before can write no more. */
  Future<Term> begin() {
    return kv.get(QueueKeys.CEILING).compose(this::overtake);
  }

  private Future<Term> overtake(Optional<KvEntry> found) {
    long ceiling = found.map(entry -> Numbers.parse(QueueKeys.CEILING, entry.value())).orElse(0L);
    Txn txn =
        Txn.when(
            Compare.modifiedAt(QueueKeys.CEILING, found.map(KvEntry::modRevision).orElse(0L)),
            new Op.Overtake(QueueKeys.OWNER_LOCK, 0),
            Op.put(QueueKeys.OWNER, Bytes.utf8(node)),
            ceiling(ceiling));
    return kv.txn(txn).map(result -> term(ceiling, result));
  }

  private static Term term(long ceiling, TxnResult result) {
    if (!result.succeeded()) {
      throw new Failure(FailureCode.UNAVAILABLE, "another node became the owner");
    }
    long token = ((OpResult.Overtake) result.results().get(0)).token();
    return new Term(
        new Sequence(ceiling), new Fence(QueueKeys.OWNER_LOCK, token), result.revision());
  }

  /** Says that ids up to this one may be given out. */
  static Op ceiling(long id) {
    return Op.put(QueueKeys.CEILING, Numbers.of(id));
  }
}
