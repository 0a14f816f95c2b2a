package io.vertebra.kv;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** A cursor of this member's hub, answering on the caller's context. */
final class CursorWatch implements KvWatch {
  private final Vertx vertx;
  private final Cursor cursor;
  private final Optional<WorkerExecutor> readers;

  /**
   * @param readers where values are read from files; none if there are no such values
   */
  CursorWatch(Vertx vertx, Cursor cursor, Optional<WorkerExecutor> readers) {
    this.vertx = vertx;
    this.cursor = cursor;
    this.readers = readers;
  }

  @Override
  public Future<WatchBatch> next() {
    return readers
        .map(workers -> workers.executeBlocking(cursor::next, false).compose(this::here))
        .orElseGet(() -> here(cursor.next()));
  }

  private Future<WatchBatch> here(CompletionStage<WatchBatch> stage) {
    return Future.fromCompletionStage(stage, vertx.getOrCreateContext());
  }

  @Override
  public long fromRevision() {
    return cursor.fromRevision();
  }

  @Override
  public void close() {
    cursor.close();
  }
}
