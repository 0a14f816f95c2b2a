package io.vertebra.route;

import io.vertx.core.Future;
import java.util.function.Consumer;

/** The definitions as a whole, for those on the same node that act on them. */
public interface SnapshotService {

  /** The definitions now in force. */
  Future<Snapshot> snapshot();

  /**
   * Tells {@code listener} the snapshot now in force, then newer ones, in order of revision, for as
   * long as the node runs; of changes that follow each other closely perhaps the last alone. One
   * call at a time, never on an event loop but for the first, and before a write made on this node
   * is acknowledged; what it throws is logged.
   */
  void watch(Consumer<Snapshot> listener);
}
