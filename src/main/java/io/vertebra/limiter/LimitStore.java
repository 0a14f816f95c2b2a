package io.vertebra.limiter;

import io.vertx.core.Future;

/** What keeps the states of keys. {@code LimitStoreContract} says the rest. */
interface LimitStore {

  /**
   * Changes the state of one key as one atomic step, by the time of whoever keeps it.
   *
   * @return the decision; fails with {@code UNAVAILABLE} if there is no room for another key
   */
  Future<Decision> change(String key, Change change);
}
