package io.vertebra.route;

import io.vertx.core.Future;
import java.util.function.Consumer;

/** The definitions as a whole, for those on the same node that act on them. */
public interface SnapshotService {

  /** The definitions now in force. */
  Future<Snapshot> snapshot();

  /**
   * Tells {@code listener} the snapshot now in force, then each new one, in order of revision, for
   * as long as the node runs. It is called on the thread of the writer, one call at a time, before
   * the write is acknowledged, so it must be quick; what it throws is logged.
   */
  void watch(Consumer<Snapshot> listener);
}
