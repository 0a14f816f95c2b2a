package io.vertebra.lock;

import static io.vertebra.api.FailureCode.CONFLICT;

import io.vertebra.api.Failure;
import io.vertebra.api.FailureCode;
import io.vertebra.kv.Guard;
import io.vertebra.kv.KvService;
import io.vertebra.kv.Op;
import io.vertebra.kv.Txn;
import io.vertebra.kv.TxnResult;
import io.vertebra.lock.LockStore.Granted;
import io.vertebra.lock.LockValues.Stored;
import io.vertx.core.Future;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.LongSupplier;

/** Renews holdings in the kv store, writes them again and ends them. */
final class KvHoldingStore {
  private static final int MAX_ATTEMPTS = 8;

  private final KvService kv;
  private final QueueJob queue;
  private final LockLookupService lookup;
  private final LongSupplier nanoTime;

  KvHoldingStore(KvService kv, QueueJob queue, LockLookupService lookup, LongSupplier nanoTime) {
    this.kv = kv;
    this.queue = queue;
    this.lookup = lookup;
    this.nanoTime = nanoTime;
  }

  /** The guard without its idempotency key, which is seen to by {@link Once}. */
  static Guard fence(Guard guard) {
    return new Guard(guard.fence(), "");
  }

  /**
   * Renews a holding and writes it again if it changes; empty if it is not as it was.
   *
   * @param once for which it is noted, on a lease that begins in the same transaction; empty also
   *     if there is a note
   */
  Future<Optional<Granted>> write(Stored stored, Holding wanted, Guard guard, Optional<Once> once) {
    Holding present = stored.holding();
    boolean anew = once.isPresent() || !wanted.lease().equals(present.lease());
    long sent = nanoTime.getAsLong();
    Future<TxnResult> written;
    if (anew) {
      Txn txn = LockTxns.rewrite(stored.with(wanted), queue.newLease());
      Txn noting = once.map(each -> each.again(txn, wanted, queue.newLease())).orElse(txn);
      written = kv.txn(guard.on(noting));
    } else if (!wanted.equals(present)) {
      written = kv.txn(guard.on(LockTxns.rewrite(stored.with(wanted), List.of())));
    } else {
      written = judged(guard);
    }
    return written.compose(
        result -> {
          if (!result.succeeded()) {
            return Future.succeededFuture(Optional.empty());
          }
          return anew
              ? Future.succeededFuture(Optional.of(queue.granted(wanted, sent)))
              : keepAlive(stored, wanted);
        });
  }

  /** Fails if a fence was overtaken; writes nothing. */
  private Future<TxnResult> judged(Guard guard) {
    return guard.equals(Guard.NONE)
        ? Future.succeededFuture(new TxnResult(0, true, List.of(), false))
        : kv.txn(guard.on(Txn.of()));
  }

  private Future<Optional<Granted>> keepAlive(Stored stored, Holding holding) {
    long sent = nanoTime.getAsLong();
    return kv.keepAlive(stored.lease())
        .map(kept -> Optional.of(queue.granted(holding, sent)))
        .recover(
            cause ->
                Failure.of(cause).code() == FailureCode.NOT_FOUND
                    ? Future.succeededFuture(Optional.empty())
                    : Future.failedFuture(cause));
  }

  Future<Granted> renew(RenewLock request, Guard guard) {
    return renew(request, fence(guard), true, MAX_ATTEMPTS);
  }

  /**
   * @param locally whether to look at this node alone, which may be behind, but not wrong: a lease
   *     is of one grant, so whoever keeps it alive holds the lock
   */
  private Future<Granted> renew(RenewLock request, Guard guard, boolean locally, int attempts) {
    return lookup
        .holder(request.name(), request.owner(), locally)
        .compose(
            found ->
                found.isPresent() && has(request.token(), found.get())
                    ? write(
                        found.get(),
                        wanted(request, found.get().holding()),
                        guard,
                        Optional.empty())
                    : Future.succeededFuture(Optional.<Granted>empty()))
        .compose(
            renewed -> {
              if (renewed.isPresent()) {
                return Future.succeededFuture(renewed.get());
              }
              return locally && attempts > 0
                  ? renew(request, guard, false, attempts - 1)
                  : Failure.future(CONFLICT, request.owner() + " does not hold " + request.name());
            });
  }

  private static Holding wanted(RenewLock request, Holding present) {
    return present.renewed(
        request.lease().orElse(present.lease()), request.data().orElse(present.data()));
  }

  private static boolean has(OptionalLong token, Stored stored) {
    return token.isEmpty() || token.getAsLong() == stored.holding().token();
  }

  Future<Optional<Integer>> release(ReleaseLock request, Guard guard) {
    Optional<Once> once = Once.of(guard, "release", request.toJson());
    Release release = new Release(request, fence(guard), once);
    return lookup
        .note(once)
        .compose(
            note ->
                note.isPresent()
                    ? Future.succeededFuture(Optional.of(note.get().holds()))
                    : release(release, true, MAX_ATTEMPTS));
  }

  private record Release(ReleaseLock request, Guard guard, Optional<Once> once) {}

  private Future<Optional<Integer>> release(Release release, boolean locally, int attempts) {
    ReleaseLock request = release.request();
    return lookup
        .holder(request.name(), request.owner(), locally)
        .compose(
            found -> {
              if (found.isPresent() && has(request.token(), found.get())) {
                return end(found.get(), release, attempts);
              }
              return locally ? release(release, false, attempts) : notHeld(release);
            });
  }

  private Future<Optional<Integer>> end(Stored stored, Release release, int attempts) {
    int left = stored.holding().holds() - 1;
    List<Op> note =
        release
            .once()
            .map(each -> each.note(Once.Done.RELEASED, left, Map.of(), queue.newLease()))
            .orElse(List.of());
    Future<TxnResult> done =
        left == 0
            ? queue.end(stored, release.guard(), note)
            : kv.txn(
                release
                    .guard()
                    .on(LockTxns.rewrite(stored.with(stored.holding().held(left)), note)));
    return done.compose(
        result -> {
          if (result.succeeded()) {
            return Future.succeededFuture(Optional.of(left));
          }
          return attempts == 0
              ? Failure.future(CONFLICT, release.request().name() + " changes too often at present")
              : release(release, false, attempts - 1);
        });
  }

  private Future<Optional<Integer>> notHeld(Release release) {
    return judged(release.guard())
        .compose(unused -> lookup.exclusive(release.request().name()))
        .compose(holder -> ofNobodyElse(release.request(), holder));
  }

  /** Empty, unless somebody else holds it to whom the token may have been meant. */
  private static Future<Optional<Integer>> ofNobodyElse(
      ReleaseLock request, Optional<Stored> holder) {
    Optional<Holding> other = holder.map(Stored::holding);
    long token = request.token().orElse(Long.MAX_VALUE);
    return other.isEmpty() || token < other.get().token()
        ? Future.succeededFuture(Optional.empty())
        : Failure.future(CONFLICT, request.name() + " is held by " + other.get().owner());
  }
}
