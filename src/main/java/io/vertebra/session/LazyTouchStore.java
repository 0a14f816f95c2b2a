package io.vertebra.session;

import io.vertebra.kv.Fence;
import io.vertebra.kv.Guard;
import io.vertx.core.Future;
import java.util.Optional;

/**
 * A store that is told of a touch only if the last one that this node told is so long ago that the
 * session could end early. Since stores add that time to the idle time of each session, none does.
 */
final class LazyTouchStore implements SessionStore {
  private final SessionStore store;
  private final Touches touches;

  LazyTouchStore(SessionStore store, Touches touches) {
    this.store = store;
    this.touches = touches;
  }

  @Override
  public Future<Boolean> create(String handle, StoredSession session, Optional<Fence> fence) {
    return noting(handle, store.create(handle, session, fence));
  }

  @Override
  public Future<Optional<Kept>> find(String handle) {
    return store.find(handle);
  }

  @Override
  public Future<Boolean> touch(Kept found) {
    return touches.isDue(found.handle())
        ? noting(found.handle(), store.touch(found))
        : Future.succeededFuture(true);
  }

  /** Touches first: if that fails, nothing was changed. */
  @Override
  public Future<Boolean> replace(Kept found, StoredSession session, Optional<Fence> fence) {
    return touch(found)
        .compose(
            there -> there ? store.replace(found, session, fence) : Future.succeededFuture(false));
  }

  @Override
  public Future<Boolean> move(
      Kept found, String handle, StoredSession session, Optional<Fence> fence) {
    return noting(handle, store.move(found, handle, session, fence))
        .onSuccess(
            moved -> {
              if (moved) {
                touches.forget(found.handle());
              }
            });
  }

  @Override
  public Future<Removal> remove(String handle, Guard guard) {
    return store.remove(handle, guard).onSuccess(gone -> touches.forget(handle));
  }

  @Override
  public Future<Part> list(ListSessions request) {
    return store.list(request);
  }

  /** Notes the moment before a step that touches, if it was done. */
  private Future<Boolean> noting(String handle, Future<Boolean> step) {
    long at = touches.now();
    return step.onSuccess(
        done -> {
          if (done) {
            touches.told(handle, at);
          }
        });
  }
}
