package io.vertebra.api;

import io.vertx.core.Future;

/** A way in: a transport over which operations are called. */
@FunctionalInterface
public interface Door {

  /** Offers the operations of a concern; completes when they can be called. */
  Future<Void> open(Api api);

  /** Whether only members of the cluster get here. */
  default boolean isInside() {
    return false;
  }
}
