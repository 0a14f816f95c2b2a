package io.vertebra.kv;

import io.vertebra.api.Failure;
import io.vertebra.api.FailureCode;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import org.jspecify.annotations.Nullable;

/** A watch by one long poll after another, each of which may be answered by another node. */
final class BusWatchService implements KvWatch {
  private static final long WAIT_MS = 20_000;

  private final BusKvService service;
  private final WatchRequest request;
  private final long fromRevision;
  private long next;
  private @Nullable WatchBatch first;
  private @Nullable Promise<WatchBatch> waiting;
  private boolean closed;

  private BusWatchService(BusKvService service, WatchRequest request, WatchBatch begun) {
    this.service = service;
    this.request = request;
    this.next = begun.revision() + 1;
    this.first = begun.events().isEmpty() ? null : begun;
    this.fromRevision = request.fromRevision() == 0 ? next : request.fromRevision();
  }

  /** Finds out at once where it begins, and whether all from there is still to be had. */
  static Future<BusWatchService> open(BusKvService service, WatchRequest request) {
    return service
        .poll(request, request.fromRevision(), 0)
        .map(begun -> new BusWatchService(service, request, begun));
  }

  @Override
  public Future<WatchBatch> next() {
    Promise<WatchBatch> batch = Promise.promise();
    synchronized (this) {
      if (closed) {
        return closed();
      }
      WatchBatch ready = first;
      if (ready != null) {
        first = null;
        return Future.succeededFuture(ready);
      }
      waiting = batch;
    }
    poll(batch);
    return batch.future();
  }

  private void poll(Promise<WatchBatch> batch) {
    boolean tells = !request.progress().isZero();
    long wait = tells ? Math.min(WAIT_MS, request.progress().toMillis()) : WAIT_MS;
    service
        .poll(request, from(), wait)
        .onSuccess(
            told -> {
              reached(told.revision());
              if (told.events().isEmpty() && !tells && !batch.future().isComplete()) {
                poll(batch);
              } else {
                batch.tryComplete(told);
              }
            })
        .onFailure(batch::tryFail);
  }

  private synchronized long from() {
    return next;
  }

  private synchronized void reached(long revision) {
    next = Math.max(next, revision + 1);
  }

  @Override
  public long fromRevision() {
    return fromRevision;
  }

  @Override
  public void close() {
    Promise<WatchBatch> ended;
    synchronized (this) {
      closed = true;
      ended = waiting;
    }
    if (ended != null) {
      ended.tryFail(new Failure(FailureCode.UNAVAILABLE, "the watch was closed"));
    }
  }

  private static Future<WatchBatch> closed() {
    return Failure.future(FailureCode.UNAVAILABLE, "the watch was closed");
  }
}
