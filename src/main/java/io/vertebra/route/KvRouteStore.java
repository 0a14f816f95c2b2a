package io.vertebra.route;

import static io.vertebra.api.FailureCode.CONFLICT;
import static io.vertebra.api.FailureCode.UNAVAILABLE;

import io.vertebra.api.Failure;
import io.vertebra.kv.Bytes;
import io.vertebra.kv.Compare;
import io.vertebra.kv.KeyRange;
import io.vertebra.kv.KvEntry;
import io.vertebra.kv.KvService;
import io.vertebra.kv.KvWatch;
import io.vertebra.kv.Op;
import io.vertebra.kv.RangeRequest;
import io.vertebra.kv.RangeResult;
import io.vertebra.kv.Txn;
import io.vertebra.kv.WatchRequest;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
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
final class KvRouteStore implements RouteStore {
  private static final Logger LOG = LoggerFactory.getLogger(KvRouteStore.class);
  private static final int MAX_ATTEMPTS = 20;
  private static final long RETRY_MS = 500;
  private static final long CATCH_UP_MS = 5_000;

  private final Vertx vertx;
  private final KvService kv;
  private final List<Consumer<Snapshot>> listeners = new ArrayList<>();
  private final PriorityQueue<Waiting> waiting =
      new PriorityQueue<>(Comparator.comparingLong(Waiting::revision));
  private volatile StoredRoutes current;
  private volatile String lastProblem = "";

  private record Waiting(long revision, Promise<Snapshot> promise) {}

  /**
   * @param configured the definitions of this node's options
   */
  KvRouteStore(Vertx vertx, KvService kv, RouteOptions configured) {
    this.vertx = vertx;
    this.kv = kv;
    this.current = StoredRoutes.none(configured);
  }

  /** Reads what is stored and follows it from then on, for as long as the node runs. */
  void start() {
    load()
        .compose(revision -> kv.watch(changesAfter(revision)))
        .onSuccess(this::follow)
        .onFailure(this::startAgain);
  }

  @Override
  public Future<Snapshot> snapshot() {
    return kv.get(StoredRoutes.GUARD)
        .compose(guard -> upTo(guard.map(entry -> entry.modRevision()).orElse(0L)));
  }

  @Override
  public Future<Snapshot> update(UnaryOperator<Snapshot> change) {
    return update(change, MAX_ATTEMPTS);
  }

  @Override
  public synchronized void watch(Consumer<Snapshot> listener) {
    listeners.add(listener);
    tell(listener, current.snapshot());
  }

  private Future<Snapshot> update(UnaryOperator<Snapshot> change, int attempts) {
    return snapshot()
        .compose(
            unused -> {
              StoredRoutes before = current;
              List<Op> steps = before.steps(change.apply(before.snapshot()));
              Compare unchanged = Compare.modifiedAt(StoredRoutes.GUARD, before.guard());
              return kv.txn(Txn.when(unchanged, steps.toArray(Op[]::new)));
            })
        .compose(
            result -> result.succeeded() ? upTo(result.revision()) : again(change, attempts - 1));
  }

  private Future<Snapshot> again(UnaryOperator<Snapshot> change, int attempts) {
    return attempts == 0
        ? Failure.future(CONFLICT, "the definitions change too often at present")
        : update(change, attempts);
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
        .recover(
            cause ->
                Failure.future(UNAVAILABLE, "this node is behind with the stored definitions"));
  }

  private Future<Long> load() {
    return page(RangeRequest.all(StoredRoutes.RANGE), new ArrayList<>())
        .compose(all -> vertx.executeBlocking(() -> put(current.holding(all.entries()))).map(all))
        .map(RangeResult::revision);
  }

  /** All entries of a range as of one revision, however many answers they take. */
  private Future<RangeResult> page(RangeRequest request, List<KvEntry> read) {
    return kv.range(request)
        .compose(
            result -> {
              read.addAll(result.entries());
              if (!result.more()) {
                return Future.succeededFuture(
                    new RangeResult(result.revision(), read, false, read.size()));
              }
              Bytes from = read.get(read.size() - 1).key().successor();
              KeyRange rest = new KeyRange(from, StoredRoutes.RANGE.to());
              return page(RangeRequest.all(rest).at(result.revision()), read);
            });
  }

  private static WatchRequest changesAfter(long revision) {
    return new WatchRequest(StoredRoutes.RANGE, revision + 1, false, Duration.ZERO);
  }

  private void follow(KvWatch watch) {
    watch
        .next()
        .compose(batch -> vertx.executeBlocking(() -> put(current.after(batch.events()))))
        .onSuccess(applied -> follow(watch))
        .onFailure(this::startAgain);
  }

  private void startAgain(Throwable cause) {
    String problem = String.valueOf(cause.getMessage());
    if (!problem.equals(lastProblem)) {
      LOG.warn("route.store interrupted: {}", problem);
    }
    lastProblem = problem;
    vertx.setTimer(RETRY_MS, timer -> start());
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
