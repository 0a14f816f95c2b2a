package io.vertebra.lock;

import static io.vertebra.api.FailureCode.CONFLICT;

import io.vertebra.api.Call;
import io.vertebra.api.Failure;
import io.vertebra.kv.Guard;
import io.vertebra.lock.LockStore.Attempt;
import io.vertebra.lock.LockStore.Granted;
import io.vertebra.lock.LockStore.Queued;
import io.vertebra.lock.LockStore.Refused;
import io.vertx.core.Future;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;

/** The rules of waiting over a {@link LockStore}. Stateless: any thread may call it. */
final class StoredLockService implements LockService {
  private final LockStore store;
  private final Clock clock;
  private final LongSupplier nanoTime;

  StoredLockService(LockStore store, Clock clock, LongSupplier nanoTime) {
    this.store = store;
    this.clock = clock;
    this.nanoTime = nanoTime;
  }

  @Override
  public Future<LockGrant> acquire(AcquireLock request, Guard guard, Future<Void> gone) {
    long begun = nanoTime.getAsLong();
    return store
        .acquire(request, guard)
        .compose(attempt -> granted(request, attempt, begun, gone))
        .map(granted -> grant(granted, begun));
  }

  private Future<Granted> granted(
      AcquireLock request, Attempt attempt, long begun, Future<Void> gone) {
    if (attempt instanceof Granted granted) {
      return Future.succeededFuture(granted);
    }
    if (attempt instanceof Refused refused) {
      return Future.failedFuture(conflict(refused));
    }
    return wait(request, (Queued) attempt, begun, gone);
  }

  /** Whoever does not get it, for whatever reason, leaves the queue. */
  private Future<Granted> wait(AcquireLock request, Queued queued, long begun, Future<Void> gone) {
    Duration left = request.patience().minus(since(begun));
    Future<Granted> granted =
        queued.granted().timeout(Math.max(1, left.toMillis()), TimeUnit.MILLISECONDS);
    return Call.unless(gone, granted)
        .recover(
            cause ->
                store
                    .leave(queued.ticket())
                    .transform(done -> Future.failedFuture(reason(request, queued, cause))));
  }

  private static Throwable reason(AcquireLock request, Queued queued, Throwable cause) {
    if (!(cause instanceof TimeoutException)) {
      return cause;
    }
    return new Failure(
        CONFLICT,
        "%s was not free within %d ms; the position in the queue was %d at first"
            .formatted(request.name(), request.patience().toMillis(), queued.position()));
  }

  private static Failure conflict(Refused refused) {
    String holder = refused.holder().map(Holding::owner).map(o -> "held by " + o).orElse("");
    String others = holder.isEmpty() ? "not free: others hold it or wait for it" : holder;
    String until =
        refused
            .remaining()
            .map(left -> " for another " + left.toMillis() + " ms unless renewed")
            .orElse("");
    return new Failure(CONFLICT, refused.name() + " is " + others + until);
  }

  private Duration since(long begun) {
    return Duration.ofNanos(nanoTime.getAsLong() - begun);
  }

  private LockGrant grant(Granted granted, long begun) {
    return new LockGrant(
        granted.holding(),
        store.fence(granted.holding()),
        clock.instant().plus(granted.safe()),
        granted.safe(),
        since(begun));
  }

  @Override
  public Future<List<LockGrant>> acquireAll(AcquireLocks request, Guard guard, Future<Void> gone) {
    long begun = nanoTime.getAsLong();
    return round(request, guard, gone, begun, Optional.empty());
  }

  /**
   * Tries to get all at once. If one is not free, that one alone is waited for, and with it the
   * next round begins; as nobody holds one while waiting for another, no two wait for each other.
   */
  private Future<List<LockGrant>> round(
      AcquireLocks request, Guard guard, Future<Void> gone, long begun, Optional<LockGrant> held) {
    Map<String, Long> tokens =
        held.map(grant -> Map.of(grant.holding().name(), grant.holding().token())).orElse(Map.of());
    return store
        .acquireAll(request.requests(), tokens, guard)
        .compose(
            several ->
                several.refused().isPresent()
                    ? giveBack(held)
                        .compose(done -> waitFor(request, several.refused().get(), gone, begun))
                        .compose(next -> round(request, guard, gone, begun, Optional.of(next)))
                    : all(several.granted(), held, begun))
        .recover(cause -> giveBack(held).transform(done -> Future.failedFuture(cause)));
  }

  private Future<Void> giveBack(Optional<LockGrant> held) {
    if (held.isEmpty()) {
      return Future.succeededFuture();
    }
    Holding holding = held.get().holding();
    ReleaseLock release = ReleaseLock.of(holding.name(), holding.owner(), holding.token());
    return store.release(release, Guard.NONE).mapEmpty();
  }

  private Future<LockGrant> waitFor(
      AcquireLocks request, Refused refused, Future<Void> gone, long begun) {
    Duration left = request.each().patience().minus(since(begun));
    boolean own = refused.holder().map(h -> h.owner().equals(request.each().owner())).orElse(false);
    if (left.toMillis() <= 0 || own || gone.isComplete()) {
      return Future.failedFuture(conflict(refused));
    }
    AcquireLock one =
        request.each().named(refused.name()).waiting(Duration.ofMillis(left.toMillis()));
    return acquire(one, Guard.NONE, gone);
  }

  private Future<List<LockGrant>> all(List<Granted> granted, Optional<LockGrant> held, long begun) {
    List<LockGrant> grants = new ArrayList<>();
    granted.forEach(each -> grants.add(grant(each, begun)));
    if (held.isEmpty()) {
      return Future.succeededFuture(grants);
    }
    Holding first = held.get().holding();
    return store
        .renew(RenewLock.of(first.name(), first.owner(), first.token()), Guard.NONE)
        .map(
            renewed -> {
              grants.add(grant(renewed, begun));
              grants.sort(Comparator.comparing((LockGrant grant) -> grant.holding().name()));
              return grants;
            });
  }

  @Override
  public Future<LockGrant> renew(RenewLock request, Guard guard) {
    long begun = nanoTime.getAsLong();
    return store.renew(request, guard).map(granted -> grant(granted, begun));
  }

  @Override
  public Future<Released> release(ReleaseLock request, Guard guard) {
    return store
        .release(request, guard)
        .map(left -> new Released(request.name(), left.isPresent(), left.orElse(0)));
  }

  @Override
  public Future<LockState> inspect(String name) {
    return store.inspect(name);
  }

  @Override
  public Future<LockPage> list(ListLocks request) {
    return store
        .list(request.prefix(), request.after(), request.limit() + 1)
        .map(
            names -> {
              boolean more = names.size() > request.limit();
              List<LockState> items = more ? names.subList(0, request.limit()) : names;
              String last = more ? items.get(items.size() - 1).name() : "";
              return new LockPage(items, more ? ListLocks.cursorAfter(last) : "");
            });
  }

  @Override
  public Future<Watch> watch(WatchLocks request) {
    return store.watch(request.name(), request.isPrefix(), request.fromRevision());
  }
}
