package io.vertebra.registry;

import io.vertx.core.Future;

/**
 * Plans changes of the registry that its callers make in transactions of their own, in the same
 * store. For callers on this node; safe for any thread.
 */
public interface DraftService {

  /** Begins a draft on all that was acknowledged before. */
  Future<Draft> open(DraftScope scope);

  /** Tells those who listen to events of the registry that a draft was made. */
  void announce(Draft draft, long revision);
}
