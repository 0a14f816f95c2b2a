package io.vertebra.auth;

import io.vertebra.api.Failure;
import io.vertebra.api.FailureCode;
import io.vertebra.kv.Guard;
import io.vertx.core.Future;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** Keeps documents. Reads are linearizable; what is expired is not read. */
interface AuthStore {
  int MAX_TRIES = 20;

  default Future<Optional<Document>> find(DocumentId id) {
    return read(id).map(found -> found.filter(document -> !document.isExpired(nowMs())));
  }

  /** The same, expired or not: for who wants to write in its place. */
  Future<Optional<Document>> read(DocumentId id);

  /** By the clock that expiry goes by. */
  long nowMs();

  /**
   * Some of a kind, in the order of their names, the first one after {@code after}; none only if
   * there are no more.
   */
  Future<List<Document>> list(DocumentId.Kind kind, String prefix, String after, int limit);

  /**
   * Makes all changes at once, or none if one of the revisions expected is not the present one.
   *
   * @return whether they were made
   */
  Future<Boolean> commit(List<Change> changes, Guard guard);

  /**
   * Changes a document, and others with it, as long as it is as it was read; tries again a few
   * times.
   *
   * @param plan told the present one
   * @return {@code NOT_FOUND} if it is not there
   */
  default <T> Future<T> update(DocumentId id, Guard guard, Function<Document, Plan<T>> plan) {
    return update(id, guard, plan, MAX_TRIES);
  }

  private <T> Future<T> update(
      DocumentId id, Guard guard, Function<Document, Plan<T>> plan, int tries) {
    return find(id)
        .compose(
            found -> {
              if (found.isEmpty()) {
                return Failure.future(FailureCode.NOT_FOUND, "there is no " + id);
              }
              Plan<T> planned = plan.apply(found.get());
              if (planned.changes().isEmpty()) {
                return Future.succeededFuture(planned.answer());
              }
              return commit(planned.changes(), guard)
                  .compose(
                      done ->
                          done
                              ? Future.succeededFuture(planned.answer())
                              : tries > 1
                                  ? update(id, guard, plan, tries - 1)
                                  : Failure.future(
                                      FailureCode.CONFLICT, id + " is changed by others"));
            });
  }

  /**
   * What is to be done.
   *
   * @param changes all at once; none if nothing is to be done
   */
  record Plan<T>(List<Change> changes, T answer) {}

  /** Removes what is expired; yields how many were looked at. */
  Future<Integer> sweep(int most);

  /** Tells the view all that is live from now on. */
  void follow(LiveView view);

  /** Ends that. */
  void stop();

  /** Whether this node is the one that does upkeep at present. */
  boolean isLeader();
}
