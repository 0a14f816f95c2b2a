package io.vertebra.route;

import static io.vertebra.api.FailureCode.CONFLICT;
import static io.vertebra.api.FailureCode.UNAVAILABLE;

import io.vertebra.api.Failure;
import io.vertebra.kv.Compare;
import io.vertebra.kv.Fence;
import io.vertebra.kv.Guard;
import io.vertebra.kv.KvService;
import io.vertebra.kv.Op;
import io.vertebra.kv.RangeResult;
import io.vertebra.kv.RangeWatch;
import io.vertebra.kv.Txn;
import io.vertebra.kv.WatchBatch;
import io.vertebra.kv.WatchRequest;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Definitions that all nodes share, in the kv store, over those of this node's options: where a
 * name is in both, the stored one counts. Every change is one transaction that also moves a guard
 * key, so that of two changes at once one begins anew.
 */
final class KvRouteStore implements RouteStore, RangeWatch.Follower {
  private static final Logger LOG = LoggerFactory.getLogger(KvRouteStore.class);
  private static final int MAX_ATTEMPTS = 20;
  private static final long CATCH_UP_MS = 5_000;

  private final Vertx vertx;
  private final KvService kv;
  private final List<Consumer<Snapshot>> listeners = new ArrayList<>();
  private final PriorityQueue<Waiting> waiting =
      new PriorityQueue<>(Comparator.comparingLong(Waiting::revision));
  private final RangeWatch stored;
  private volatile StoredRoutes current;

  private record Waiting(long revision, Promise<Snapshot> promise) {}

  /**
   * @param configured the definitions of this node's options
   */
  KvRouteStore(Vertx vertx, KvService kv, RouteOptions configured) {
    this.vertx = vertx;
    this.kv = kv;
    this.current = StoredRoutes.none(configured);
    this.stored =
        new RangeWatch(vertx, kv, WatchRequest.of(StoredRoutes.RANGE), "route.store", this);
  }

  /** Reads what is stored and follows it from then on, for as long as the node runs. */
  void start() {
    stored.start();
  }

  /** Follows no more. */
  void stop() {
    stored.stop();
  }

  @Override
  public Future<?> replace(RangeResult all) {
    return vertx.executeBlocking(() -> put(current.holding(all.entries(), all.revision())));
  }

  @Override
  public Future<?> change(WatchBatch batch) {
    return vertx.executeBlocking(() -> put(current.after(batch.events())));
  }

  @Override
  public Future<Snapshot> snapshot() {
    return kv.get(StoredRoutes.GUARD)
        .compose(guard -> upTo(guard.map(entry -> entry.modRevision()).orElse(0L)));
  }

  @Override
  public Future<Snapshot> update(Optional<Fence> fence, UnaryOperator<Snapshot> change) {
    return update(new Guard(fence, ""), change, MAX_ATTEMPTS);
  }

  @Override
  public synchronized void watch(Consumer<Snapshot> listener) {
    listeners.add(listener);
    tell(listener, current.snapshot());
  }

  private Future<Snapshot> update(Guard guard, UnaryOperator<Snapshot> change, int attempts) {
    return snapshot()
        .compose(
            unused -> {
              StoredRoutes before = current;
              List<Op> steps = before.steps(change.apply(before.snapshot()));
              Compare unchanged = Compare.modifiedAt(StoredRoutes.GUARD, before.guard());
              return kv.txn(guard.on(Txn.when(unchanged, steps.toArray(Op[]::new))));
            })
        .compose(
            result ->
                result.succeeded() ? upTo(result.revision()) : again(guard, change, attempts - 1));
  }

  private Future<Snapshot> again(Guard guard, UnaryOperator<Snapshot> change, int attempts) {
    return attempts == 0
        ? Failure.future(CONFLICT, "the definitions change too often at present")
        : update(guard, change, attempts);
  }

  /** The snapshot once it has everything up to a revision of the store. */
  private synchronized Future<Snapshot> upTo(long revision) {
    if (current.guard() >= revision) {
      return Future.succeededFuture(current.snapshot());
    }
    Promise<Snapshot> promise = Promise.promise();
    waiting.add(new Waiting(revision, promise));
    return promise
        .future()
        .timeout(CATCH_UP_MS, TimeUnit.MILLISECONDS)
        .onFailure(cause -> forget(promise))
        .recover(
            cause ->
                Failure.future(UNAVAILABLE, "this node is behind with the stored definitions"));
  }

  private synchronized void forget(Promise<Snapshot> promise) {
    waiting.removeIf(each -> each.promise() == promise);
  }

  private StoredRoutes put(StoredRoutes next) {
    List<Waiting> done = new ArrayList<>();
    synchronized (this) {
      current = next;
      listeners.forEach(listener -> tell(listener, next.snapshot()));
      while (!waiting.isEmpty() && waiting.element().revision() <= next.guard()) {
        done.add(waiting.remove());
      }
    }
    done.forEach(each -> each.promise().tryComplete(next.snapshot()));
    return next;
  }

  private static void tell(Consumer<Snapshot> listener, Snapshot snapshot) {
    try {
      listener.accept(snapshot);
    } catch (RuntimeException failure) {
      LOG.error("route.watch failed revision={}", snapshot.revision(), failure);
    }
  }
}
