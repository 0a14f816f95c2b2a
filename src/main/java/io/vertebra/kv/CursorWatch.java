package io.vertebra.kv;

import io.vertx.core.Future;
import io.vertx.core.Vertx;

/** A cursor of this member's hub, answering on the caller's context. */
final class CursorWatch implements KvWatch {
  private final Vertx vertx;
  private final Cursor cursor;

  CursorWatch(Vertx vertx, Cursor cursor) {
    this.vertx = vertx;
    this.cursor = cursor;
  }

  @Override
  public Future<WatchBatch> next() {
    return Future.fromCompletionStage(cursor.next(), vertx.getOrCreateContext());
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
