package io.vertebra.kv;

import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The store for its callers. Everything may fail with {@code INVALID}; with {@code UNAVAILABLE}
 * when there is no leader or no room, and nothing was done; writes with {@code TIMEOUT} when it is
 * not known whether they were done. Safe for any thread; futures complete on the caller's context.
 */
public interface KvService {

  /**
   * Reads a range.
   *
   * @return {@code COMPACTED} for a revision whose entries are gone, {@code INVALID} for one that
   *     is yet to come
   */
  Future<RangeResult> range(RangeRequest request);

  /**
   * Runs a transaction, the only way to write.
   *
   * @return {@code FENCED} if its fence was overtaken, {@code NOT_FOUND} if a lease is not there or
   *     a key whose value or lease was to be kept
   */
  Future<TxnResult> txn(Txn txn);

  /** Grants a lease; {@code CONFLICT} if its id is taken. */
  Future<Lease> grant(GrantLease request);

  /** Lets a lease begin anew; {@code NOT_FOUND} if it ended. */
  Future<Lease> keepAlive(long id);

  /** Ends a lease and its keys; {@code NOT_FOUND} if it ended before. */
  Future<Long> revoke(long id);

  /** A lease and its keys; {@code NOT_FOUND} if it ended. */
  Future<Lease> lease(long id);

  /** The ids of all leases, in order. */
  Future<List<Long>> leases();

  /**
   * Follows the changes of a range.
   *
   * @return {@code COMPACTED} if the first one wanted is no more to be had
   */
  Future<KvWatch> watch(WatchRequest request);

  /** Forgets what was before {@code revision}; {@code COMPACTED} if it is forgotten already. */
  Future<Long> compact(long revision);

  /** Where the store stands, as far as this node knows. */
  KvStatus status();

  /** The present entry of a key. */
  default Future<Optional<KvEntry>> get(Bytes key) {
    return range(RangeRequest.one(key)).map(RangeResult::first);
  }

  /** All entries of a range as of one revision, however many answers they take. */
  default Future<RangeResult> all(KeyRange range) {
    return all(RangeRequest.all(range), new ArrayList<>());
  }

  private Future<RangeResult> all(RangeRequest request, List<KvEntry> read) {
    return range(request)
        .compose(
            part -> {
              read.addAll(part.entries());
              // An answer tells the store's revision, which goes on while the parts are read.
              long revision = request.revision() == 0 ? part.revision() : request.revision();
              if (!part.more()) {
                return Future.succeededFuture(new RangeResult(revision, read, false, read.size()));
              }
              Bytes next = read.get(read.size() - 1).key().successor();
              KeyRange rest = new KeyRange(next, request.range().to());
              return all(RangeRequest.all(rest).at(revision), read);
            });
  }

  default Future<TxnResult> put(Bytes key, Bytes value) {
    return txn(Txn.of(Op.put(key, value)));
  }

  default Future<TxnResult> delete(Bytes key) {
    return txn(Txn.of(Op.delete(key)));
  }
}
