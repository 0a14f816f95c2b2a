package io.vertebra.registry;

import static io.vertebra.api.FailureCode.UNAVAILABLE;

import io.vertebra.api.Failure;
import io.vertebra.kv.Bytes;
import io.vertebra.kv.KvEntry;
import io.vertebra.kv.KvService;
import io.vertebra.kv.RangeResult;
import io.vertebra.kv.RangeWatch;
import io.vertebra.kv.Txn;
import io.vertebra.kv.TxnResult;
import io.vertebra.kv.WatchBatch;
import io.vertebra.kv.WatchRequest;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;

/** Keeps the registry in the store that all nodes share, and follows it there. */
final class KvRegistryStore implements RegistryStore, RangeWatch.Follower {
  private static final long CATCH_UP_MS = 5_000;

  private final Vertx vertx;
  private final KvService kv;
  private final WaitingStore waiters;
  private final List<Consumer<Set<Topic>>> listeners = new CopyOnWriteArrayList<>();
  private final PriorityQueue<Behind> behind =
      new PriorityQueue<>(Comparator.comparingLong(Behind::revision));
  private Catalog catalog = new Catalog();
  private boolean loaded;
  private final RangeWatch stored;

  private record Behind(long revision, Promise<Void> promise) {}

  /**
   * @param maxWaiting most readers that wait for news
   */
  KvRegistryStore(Vertx vertx, KvService kv, int maxWaiting) {
    this.vertx = vertx;
    this.kv = kv;
    this.waiters = new WaitingStore(vertx, maxWaiting);
    this.stored =
        new RangeWatch(vertx, kv, WatchRequest.of(RegistryKeys.ALL), "registry.store", this);
  }

  /** Reads what is stored and follows it from then on, for as long as the node runs. */
  void start() {
    stored.start();
  }

  /** Follows no more; whoever waits is told so. */
  void stop() {
    stored.stop();
    waiters.close();
  }

  @Override
  public Future<?> replace(RangeResult all) {
    return vertx.executeBlocking(() -> Catalog.of(all.entries())).onSuccess(this::replace);
  }

  @Override
  public Future<?> change(WatchBatch batch) {
    apply(batch);
    return Future.succeededFuture();
  }

  int waiting() {
    return waiters.size();
  }

  @Override
  public synchronized <T> T look(Function<Catalog, T> question) {
    return question.apply(catalog);
  }

  @Override
  public Future<Void> sync() {
    return kv.get(RegistryKeys.MARK)
        .compose(mark -> upTo(mark.map(KvEntry::modRevision).orElse(0L)));
  }

  @Override
  public <T> Future<Indexed<T>> read(Question<T> question, Reading reading) {
    Future<Void> ready = reading.local() ? upTo(0) : sync();
    return ready.compose(unused -> answer(question, reading));
  }

  @Override
  public Future<TxnResult> change(Txn txn) {
    return kv.txn(txn);
  }

  @Override
  public Future<Optional<KvEntry>> entry(Bytes key) {
    return kv.get(key);
  }

  @Override
  public Future<Void> keepAlive(long lease) {
    return kv.keepAlive(lease).mapEmpty();
  }

  @Override
  public boolean leads() {
    return kv.status().isLeader();
  }

  @Override
  public void watch(Consumer<Set<Topic>> listener) {
    listeners.add(listener);
  }

  /**
   * An index from the future was given for another store, so there is nothing to wait for. That of
   * what never was is none, though it is greater than the mark of a registry that was never used.
   */
  private synchronized <T> Future<Indexed<T>> answer(Question<T> question, Reading reading) {
    Indexed<T> now = question.ask(catalog);
    long last = Math.max(catalog.mark(), now.index());
    boolean waits = now.index() <= reading.afterIndex() && reading.afterIndex() <= last;
    return waits && reading.waits()
        ? waiters.park(question, reading, now, () -> look(question::ask))
        : Future.succeededFuture(now);
  }

  /** Completes once the view is read and has everything up to a revision of the store. */
  private synchronized Future<Void> upTo(long revision) {
    if (loaded && catalog.mark() >= revision) {
      return Future.succeededFuture();
    }
    Promise<Void> promise = Promise.promise();
    behind.add(new Behind(revision, promise));
    return promise
        .future()
        .timeout(CATCH_UP_MS, TimeUnit.MILLISECONDS)
        .onFailure(cause -> forget(promise))
        .recover(cause -> Failure.future(UNAVAILABLE, "this node is behind with the registry"));
  }

  private synchronized void forget(Promise<Void> promise) {
    behind.removeIf(each -> each.promise() == promise);
  }

  private void replace(Catalog whole) {
    Set<Topic> topics = new HashSet<>(whole.topics());
    synchronized (this) {
      topics.addAll(catalog.topics());
      catalog = whole;
      loaded = true;
    }
    tell(topics);
  }

  private void apply(WatchBatch batch) {
    Set<Topic> topics;
    synchronized (this) {
      topics = catalog.apply(batch.events());
    }
    tell(topics);
  }

  private void tell(Set<Topic> topics) {
    List<Promise<Void>> done = new ArrayList<>();
    synchronized (this) {
      while (!behind.isEmpty() && behind.element().revision() <= catalog.mark()) {
        done.add(behind.remove().promise());
      }
    }
    done.forEach(Promise::tryComplete);
    waiters.changed(topics, this::askAll);
    listeners.forEach(listener -> listener.accept(topics));
  }

  private synchronized List<Indexed<?>> askAll(List<? extends Question<?>> questions) {
    List<Indexed<?>> answers = new ArrayList<>();
    questions.forEach(question -> answers.add(question.ask(catalog)));
    return answers;
  }
}
