package io.vertebra.lock;

import static io.vertebra.api.FailureCode.COMPACTED;

import io.vertebra.api.Failure;
import io.vertebra.lock.LockDocumentStore.Moment;
import io.vertebra.lock.LockDocumentStore.Stored;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.internal.ContextInternal;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Follows documents by the events in them: looks when told of a change, and now and then. Of
 * several names the order is that of each name.
 */
final class WatchJob implements LockService.Watch {
  private static final long POLL_MS = 500;
  private static final int PART = 500;

  private final Vertx vertx;
  private final LockDocumentStore documents;
  private final WaitJob changes;
  private final Function<String, Future<Void>> settle;
  private final String name;
  private final boolean isPrefix;
  private Runnable unlisten = () -> {};
  private Map<String, Long> toldOf = new HashMap<>();
  private long base;
  private volatile long told;

  /** Completed by a change; null when nobody waits for one. */
  private @Nullable Promise<Void> change;

  private boolean missed;
  private boolean closed;

  /**
   * @param settle lets the time do what it does to a name
   */
  WatchJob(
      Vertx vertx,
      LockDocumentStore documents,
      WaitJob changes,
      Function<String, Future<Void>> settle,
      String name,
      boolean isPrefix) {
    this.vertx = vertx;
    this.documents = documents;
    this.changes = changes;
    this.settle = settle;
    this.name = name;
    this.isPrefix = isPrefix;
  }

  /** Begins at a revision, or now if it is 0. */
  Future<Void> open(long fromRevision) {
    unlisten = changes.listen(this::changed);
    return read().compose(moment -> begin(moment, fromRevision)).onFailure(cause -> unlisten.run());
  }

  private Future<Void> begin(Moment moment, long fromRevision) {
    base = Math.max(0, fromRevision - 1);
    told = base;
    for (Stored stored : moment.stored()) {
      if (fromRevision == 0) {
        toldOf.put(stored.name(), stored.version());
        told = Math.max(told, stored.version());
      } else if (stored.document().forgotten() >= fromRevision) {
        return Failure.future(COMPACTED, "revision " + fromRevision + " is no more kept");
      }
    }
    return Future.succeededFuture();
  }

  @Override
  public Future<LockService.Batch> next() {
    Promise<LockService.Batch> found = ((ContextInternal) vertx.getOrCreateContext()).promise();
    look(found);
    return found.future();
  }

  /** A look without news ends before the next one: there may be any number of them. */
  private void look(Promise<LockService.Batch> found) {
    read()
        .compose(this::batch)
        .onSuccess(
            batch -> {
              if (batch.events().isEmpty()) {
                look(found);
              } else {
                found.complete(batch);
              }
            })
        .onFailure(found::fail);
  }

  /** The news; none once there may be some, if there are none yet. */
  private Future<LockService.Batch> batch(Moment moment) {
    Future<Void> settled = settle(moment);
    List<LockEvent> events = news(moment);
    if (events == null) {
      return Failure.future(COMPACTED, "too much happened since revision " + told);
    }
    if (events.isEmpty()) {
      return settled
          .transform(any -> pause())
          .map(changed -> new LockService.Batch(told, List.of()));
    }
    told = Math.max(told, events.get(events.size() - 1).revision());
    return Future.succeededFuture(new LockService.Batch(told, events));
  }

  /** What was not told before, in order; null if some of it is lost. */
  private @Nullable List<LockEvent> news(Moment moment) {
    List<LockEvent> events = new ArrayList<>();
    Map<String, Long> after = new HashMap<>();
    for (Stored stored : moment.stored()) {
      long before = toldOf.getOrDefault(stored.name(), base);
      if (stored.document().forgotten() > before) {
        return null;
      }
      stored.document().events().stream()
          .filter(event -> event.revision() > before)
          .forEach(events::add);
      after.put(stored.name(), Math.max(before, stored.version()));
    }
    toldOf = after;
    events.sort(Comparator.comparingLong(LockEvent::revision));
    return events;
  }

  /** Ends leases that are over, so that their end is told. */
  private Future<Void> settle(Moment moment) {
    List<Future<Void>> all = new ArrayList<>();
    for (Stored stored : moment.stored()) {
      boolean over =
          stored.document().holders().stream().anyMatch(held -> held.until() <= moment.now())
              || stored.document().waiters().stream()
                  .anyMatch(waits -> waits.until() <= moment.now());
      if (over) {
        all.add(settle.apply(stored.name()));
      }
    }
    return Future.join(all).mapEmpty();
  }

  private Future<Moment> read() {
    return isPrefix ? read("", new ArrayList<>()) : documents.read(List.of(name));
  }

  private Future<Moment> read(String after, List<Stored> read) {
    return documents
        .list(name, after, PART)
        .compose(
            moment -> {
              read.addAll(moment.stored());
              return moment.stored().size() < PART
                  ? Future.succeededFuture(new Moment(moment.now(), 0, read))
                  : read(read.get(read.size() - 1).name(), read);
            });
  }

  private void changed(String which) {
    boolean ours = which.isEmpty() || (isPrefix ? which.startsWith(name) : which.equals(name));
    if (ours) {
      wake(true);
    }
  }

  private void wake(boolean news) {
    Promise<Void> waiting;
    synchronized (this) {
      waiting = change;
      change = null;
      missed = news && waiting == null;
    }
    if (waiting != null) {
      waiting.tryComplete();
    }
  }

  private Future<Void> pause() {
    Promise<Void> promise = Promise.promise();
    synchronized (this) {
      if (closed) {
        return Promise.<Void>promise().future();
      }
      if (missed) {
        missed = false;
        return Future.succeededFuture();
      }
      change = promise;
    }
    long timer = vertx.setTimer(POLL_MS, due -> wake(false));
    return promise.future().onComplete(woken -> vertx.cancelTimer(timer));
  }

  @Override
  public long told() {
    return told;
  }

  @Override
  public void close() {
    unlisten.run();
    synchronized (this) {
      closed = true;
      change = null;
    }
  }
}
