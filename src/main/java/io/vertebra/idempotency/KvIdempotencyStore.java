package io.vertebra.idempotency;

import static io.vertebra.api.FailureCode.CONFLICT;
import static io.vertebra.api.FailureCode.FENCED;
import static io.vertebra.api.FailureCode.LIMITED;
import static io.vertebra.api.FailureCode.MISMATCH;
import static io.vertebra.api.FailureCode.NOT_FOUND;
import static io.vertebra.api.FailureCode.UNAVAILABLE;

import io.vertebra.api.Failure;
import io.vertebra.kv.Bytes;
import io.vertebra.kv.Compare;
import io.vertebra.kv.Guard;
import io.vertebra.kv.KvEntry;
import io.vertebra.kv.KvService;
import io.vertebra.kv.Lease;
import io.vertebra.kv.Numbers;
import io.vertebra.kv.Op;
import io.vertebra.kv.OpResult;
import io.vertebra.kv.RangeRequest;
import io.vertebra.kv.Txn;
import io.vertebra.kv.TxnResult;
import io.vertx.core.Future;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Work as keys of the store. Under way it is an entry that ends with a lease, whose id is the
 * token. Completed it stays until swept, by a second key in the order of time; both are written and
 * removed together, and so is what they add to the bytes of the scope, which therefore are exact.
 */
final class KvIdempotencyStore implements IdempotencyStore {
  private static final int ATTEMPTS = 4;

  private final KvService kv;
  private final Clock clock;
  private final long maxScopeBytes;
  private final SecureRandom random = new SecureRandom();

  KvIdempotencyStore(KvService kv, Clock clock, long maxScopeBytes) {
    this.kv = kv;
    this.clock = clock;
    this.maxScopeBytes = maxScopeBytes;
  }

  @Override
  public Future<Standing> begin(BeginWork request, Guard guard) {
    EntryKeys keys = EntryKeys.of(request.subject());
    return kv.range(RangeRequest.one(keys.bytes()).locally())
        .compose(
            found -> {
              long bytes = found.first().map(KvIdempotencyStore::number).orElse(0L);
              return bytes < maxScopeBytes
                  ? begin(request, guard, keys, ATTEMPTS)
                  : beginInFull(request, guard, keys, bytes);
            });
  }

  /** Where nothing new may begin, only what began before has an answer. */
  private Future<Standing> beginInFull(BeginWork request, Guard guard, EntryKeys keys, long bytes) {
    return kv.get(keys.entry())
        .compose(
            found ->
                found.isPresent() && !Entry.from(found.get().value()).isExpired(clock.millis())
                    ? begin(request, guard, keys, ATTEMPTS)
                    : Failure.future(
                        LIMITED,
                        "the answers of "
                            + keys.scope()
                            + " take "
                            + bytes
                            + " bytes, the most is "
                            + maxScopeBytes));
  }

  private Future<Standing> begin(BeginWork request, Guard guard, EntryKeys keys, int attempts) {
    if (attempts == 0) {
      return Failure.future(UNAVAILABLE, "others begin and end this too fast");
    }
    long token = token(keys, guard);
    Entry entry = new Entry(request.fingerprint(), request.owner(), token, 0, Optional.empty());
    Txn txn =
        Txn.when(
                Compare.absent(keys.entry()),
                new Op.Grant(token, request.lease().toMillis()),
                Op.put(keys.entry(), entry.toBytes(), token))
            .otherwise(Op.get(keys.entry()));
    return kv.txn(guard.on(txn))
        .compose(
            result ->
                result.succeeded()
                    ? Future.succeededFuture(
                        Standing.started(token, request.owner(), request.lease()))
                    : present(result)
                        .map(found -> met(request, guard, keys, found, attempts))
                        .orElseGet(() -> begin(request, guard, keys, attempts - 1)));
  }

  /** The same for each transaction of one idempotency key, so that these are equal. */
  private long token(EntryKeys keys, Guard guard) {
    long any =
        guard.idempotencyKey().isEmpty()
            ? random.nextLong()
            : ByteBuffer.wrap(EntryKeys.sha256(keys.place() + guard.idempotencyKey())).getLong();
    return any >>> 1 | 1;
  }

  private Future<Standing> met(
      BeginWork request, Guard guard, EntryKeys keys, KvEntry found, int attempts) {
    Entry entry = Entry.from(found.value());
    if (entry.isExpired(clock.millis()) && guard.idempotencyKey().isEmpty()) {
      return forget(keys, keys.end(entry.expiresAtMs()), found.modRevision(), weight(found))
          .compose(gone -> begin(request, guard, keys, attempts - 1));
    }
    if (!entry.fingerprint().equals(request.fingerprint())) {
      return Failure.future(
          MISMATCH, "key " + request.subject().key() + " belongs to another request");
    }
    return standing(found)
        .compose(
            standing ->
                standing
                    .map(Future::succeededFuture)
                    .orElseGet(() -> begin(request, guard, keys, attempts - 1)));
  }

  /** How an entry stands; empty if its lease ended since it was read. */
  private Future<Optional<Standing>> standing(KvEntry found) {
    Entry entry = Entry.from(found.value());
    if (entry.answer().isPresent()) {
      Duration left = entry.remaining(clock.millis());
      return Future.succeededFuture(
          Optional.of(Standing.completed(entry.owner(), left, entry.answer().get())));
    }
    return kv.lease(found.lease())
        .map(Lease::remaining)
        .map(left -> Optional.of(Standing.inProgress(entry.owner(), left)))
        .recover(
            cause ->
                Failure.of(cause).code() == NOT_FOUND
                    ? Future.succeededFuture(Optional.empty())
                    : Future.failedFuture(cause));
  }

  @Override
  public Future<Void> complete(CompleteWork request, Guard guard) {
    EntryKeys keys = EntryKeys.of(request.subject());
    return kv.get(keys.entry())
        .compose(
            found -> {
              Optional<Entry> entry = found.map(KvEntry::value).map(Entry::from);
              if (entry.isEmpty() || entry.get().token() != request.token()) {
                return lost(request.subject());
              }
              return entry.get().answer().isPresent()
                  ? Future.succeededFuture()
                  : complete(request, guard, keys, entry.get());
            });
  }

  private Future<Void> complete(CompleteWork request, Guard guard, EntryKeys keys, Entry begun) {
    long until = clock.millis() + request.retention().toMillis();
    Bytes value = begun.completed(request.answer(), until).toBytes();
    Bytes end = keys.end(until);
    long weight = weight(keys.entry(), value);
    Txn txn =
        Txn.when(
            heldBy(keys, request.token()),
            Op.put(keys.entry(), value),
            Op.put(end, Numbers.of(weight)),
            Op.add(keys.bytes(), weight),
            new Op.Revoke(request.token()));
    return kv.txn(new Guard(guard.fence(), "").on(txn))
        .compose(result -> result.succeeded() ? Future.succeededFuture() : lost(request.subject()));
  }

  @Override
  public Future<Boolean> abort(Held request, Guard guard) {
    EntryKeys keys = EntryKeys.of(request.subject());
    Txn txn =
        Txn.when(heldBy(keys, request.token()), new Op.Revoke(request.token()))
            .otherwise(Op.get(keys.entry()));
    return kv.txn(guard.on(txn))
        .compose(
            result -> {
              Optional<KvEntry> other = result.succeeded() ? Optional.empty() : present(result);
              if (other.isEmpty()) {
                return Future.succeededFuture(result.succeeded());
              }
              return Entry.from(other.get().value()).token() == request.token()
                  ? Failure.future(CONFLICT, request.subject().key() + " is completed")
                  : lost(request.subject());
            });
  }

  @Override
  public Future<Duration> extend(Held request) {
    return kv.get(EntryKeys.of(request.subject()).entry())
        .compose(
            found ->
                found.map(KvEntry::lease).equals(Optional.of(request.token()))
                    ? kv.keepAlive(request.token()).map(Lease::remaining)
                    : lost(request.subject()));
  }

  @Override
  public Future<Optional<Standing>> find(Subject subject) {
    return kv.get(EntryKeys.of(subject).entry())
        .compose(
            found ->
                found.isEmpty() || Entry.from(found.get().value()).isExpired(clock.millis())
                    ? Future.succeededFuture(Optional.empty())
                    : standing(found.get()));
  }

  @Override
  public Future<Integer> sweep(int most) {
    RangeRequest ends = RangeRequest.all(EntryKeys.expiredBy(clock.millis())).limited(most);
    return kv.range(ends.locally())
        .compose(
            result -> {
              List<Future<Void>> all = new ArrayList<>();
              for (KvEntry end : result.entries()) {
                EntryKeys keys = EntryKeys.ofEnd(end.key());
                all.add(forget(keys, end.key(), end.modRevision(), number(end)));
              }
              return Future.join(all).map(all.size());
            });
  }

  /** Removes a completed entry, unless somebody else did. */
  private Future<Void> forget(EntryKeys keys, Bytes end, long revision, long weight) {
    Txn txn =
        Txn.when(
                Compare.modifiedAt(keys.entry(), revision),
                Op.delete(keys.entry()),
                Op.delete(end),
                Op.add(keys.bytes(), -weight))
            .otherwise(Op.delete(end));
    return kv.txn(txn).mapEmpty();
  }

  private static Compare heldBy(EntryKeys keys, long token) {
    return Compare.number(keys.entry(), Compare.Target.LEASE, Compare.Relation.EQUAL, token);
  }

  private static <T> Future<T> lost(Subject subject) {
    return Failure.future(FENCED, subject.key() + " is not held with this token any more");
  }

  private static Optional<KvEntry> present(TxnResult result) {
    return result.results().get(0) instanceof OpResult.Get get
        ? get.result().first()
        : Optional.empty();
  }

  private static long weight(KvEntry entry) {
    return weight(entry.key(), entry.value());
  }

  private static long weight(Bytes key, Bytes value) {
    return (long) key.length() + value.length();
  }

  private static long number(KvEntry entry) {
    return Numbers.parse(entry.key(), entry.value());
  }
}
