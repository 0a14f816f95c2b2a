package io.vertebra.kv;

import io.vertebra.api.Failure;
import io.vertx.core.Future;
import java.util.List;

/**
 * The store as the outside sees it: without the keys that begin with a zero byte, which belong to
 * the concerns of the server. They cannot be read, watched or written through it.
 */
final class UserKvService implements KvService {
  private static final Bytes FIRST = KeyRange.USERS.from();

  private final KvService all;

  UserKvService(KvService all) {
    this.all = all;
  }

  @Override
  public Future<RangeResult> range(RangeRequest request) {
    return all.range(visible(request));
  }

  @Override
  public Future<TxnResult> txn(Txn txn) {
    List<Op> then;
    List<Op> otherwise;
    try {
      KvRules.check(txn);
      then = visible(txn.then());
      otherwise = visible(txn.otherwise());
    } catch (Failure failure) {
      return Future.failedFuture(failure);
    }
    List<Compare> compares = txn.compares().stream().map(UserKvService::visible).toList();
    return all.txn(new Txn(compares, then, otherwise, txn.fence(), txn.idempotencyKey()));
  }

  @Override
  public Future<Lease> grant(GrantLease request) {
    return all.grant(request);
  }

  @Override
  public Future<Lease> keepAlive(long id) {
    return all.keepAlive(id);
  }

  @Override
  public Future<Long> revoke(long id) {
    return all.revoke(id);
  }

  @Override
  public Future<Lease> lease(long id) {
    return all.lease(id)
        .map(
            lease ->
                new Lease(
                    lease.id(),
                    lease.ttl(),
                    lease.remaining(),
                    lease.keys().stream().filter(key -> FIRST.compareTo(key) <= 0).toList(),
                    lease.revision()));
  }

  @Override
  public Future<List<Long>> leases() {
    return all.leases();
  }

  @Override
  public Future<KvWatch> watch(WatchRequest request) {
    return all.watch(
        new WatchRequest(
            visible(request.range()),
            request.fromRevision(),
            request.previous(),
            request.progress()));
  }

  @Override
  public Future<Long> compact(long revision) {
    return all.compact(revision);
  }

  @Override
  public KvStatus status() {
    return all.status();
  }

  private static List<Op> visible(List<Op> steps) {
    return steps.stream().map(UserKvService::visible).toList();
  }

  private static Op visible(Op step) {
    if (step instanceof Op.Put put) {
      checkVisible("/key", put.key());
      return put;
    }
    if (step instanceof Op.Add add) {
      checkVisible("/key", add.key());
      return add;
    }
    if (step instanceof Op.Append append) {
      if (!OutboxJson.isStep(append)) {
        checkVisible("/prefix", append.key(0));
      }
      return append;
    }
    if (step instanceof Op.Delete delete) {
      return new Op.Delete(visible(delete.range()), delete.previous());
    }
    if (step instanceof Op.Get get) {
      return new Op.Get(visible(get.request()));
    }
    if (step instanceof Op.Choice choice) {
      return new Op.Choice(
          choice.compares().stream().map(UserKvService::visible).toList(),
          visible(choice.then()),
          visible(choice.otherwise()));
    }
    if (step instanceof Op.Overtake overtake && overtake.lock().startsWith("\0")) {
      throw Failure.invalid("/lock", "must not begin with a zero byte: those are the server's");
    }
    return step;
  }

  private static void checkVisible(String pointer, Bytes key) {
    if (key.compareTo(FIRST) < 0) {
      throw Failure.invalid(pointer, "must not begin with a zero byte: those are the server's");
    }
  }

  private static Compare visible(Compare compare) {
    return new Compare(
        visible(compare.range()),
        compare.target(),
        compare.relation(),
        compare.number(),
        compare.value());
  }

  private static RangeRequest visible(RangeRequest request) {
    return new RangeRequest(
        visible(request.range()),
        request.limit(),
        request.revision(),
        request.keysOnly(),
        request.countTotal(),
        request.countOnly(),
        request.serializable());
  }

  private static KeyRange visible(KeyRange range) {
    if (range.from().compareTo(FIRST) >= 0) {
      return range;
    }
    boolean hidden = range.hasEnd() && range.to().compareTo(FIRST) <= 0;
    return new KeyRange(FIRST, hidden ? FIRST : range.to());
  }
}
