package io.vertebra.kv;

import io.vertx.core.Future;

/**
 * A cursor over the changes of a range. It keeps at most a bounded part of them, so whoever asks
 * too slowly reads them later from the history, until they are compacted.
 */
public interface KvWatch {

  /**
   * The changes after those told so far; waits for some. To be called again only when answered. It
   * fails with {@code COMPACTED} when some of them are no more to be had, and then for good.
   */
  Future<WatchBatch> next();

  /** The revision before which nothing is told. */
  long fromRevision();

  /** Ends it; a {@link #next} under way fails with {@code UNAVAILABLE}. */
  void close();
}
