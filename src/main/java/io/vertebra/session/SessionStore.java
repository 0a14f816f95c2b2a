package io.vertebra.session;

import io.vertebra.kv.Fence;
import io.vertebra.kv.Guard;
import io.vertx.core.Future;
import java.util.List;
import java.util.Optional;

/**
 * What a backend must do for sessions: each method is one atomic step, and a session that was not
 * touched for its idle time and the time that touches may be left untold is gone. {@code
 * SessionStoreContract} says the rest. Stores know handles, never ids.
 */
interface SessionStore {

  /**
   * A session with what tells whether it changed since.
   *
   * @param stamp differs after every write
   */
  record Kept(String handle, StoredSession session, String stamp) {}

  /**
   * A part of a list.
   *
   * @param next the handle after which the next part begins; empty at the end
   */
  record Part(List<Kept> items, Optional<String> next) {
    public Part {
      items = List.copyOf(items);
    }
  }

  /**
   * What a removal did.
   *
   * @param replayed whether an earlier one of the same idempotency key did it
   */
  record Removal(boolean done, boolean replayed) {}

  /** Adds one; false if one has that handle. */
  Future<Boolean> create(String handle, StoredSession session, Optional<Fence> fence);

  Future<Optional<Kept>> find(String handle);

  /** Begins the idle time anew; false if the session is gone. */
  Future<Boolean> touch(Kept found);

  /** Writes another in its place, and touches it; false if it changed since it was found. */
  Future<Boolean> replace(Kept found, StoredSession session, Optional<Fence> fence);

  /** Writes another with another handle; false if it changed since or the handle is taken. */
  Future<Boolean> move(Kept found, String handle, StoredSession session, Optional<Fence> fence);

  /** Removes one, if it is there. */
  Future<Removal> remove(String handle, Guard guard);

  Future<Part> list(ListSessions request);
}
