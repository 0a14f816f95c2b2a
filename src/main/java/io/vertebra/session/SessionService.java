package io.vertebra.session;

import io.vertebra.kv.Guard;
import io.vertx.core.Future;

/**
 * Sessions. Failures are {@link io.vertebra.api.Failure}s. Whatever names a session that is not
 * there, or not any more, fails with {@code NOT_FOUND}; every change fails with {@code FENCED} if
 * the holding it is made under was overtaken, and with {@code MISMATCH} if its idempotency key
 * belongs to another request.
 */
public interface SessionService {

  /**
   * Begins a session.
   *
   * @return {@code CONFLICT} if the id chosen is taken; {@code INVALID} for attributes beyond the
   *     limits, or an idempotency key without an id of the caller's own: the id of another could
   *     not be told again, since it is kept nowhere
   */
  Future<OpenedSession> create(CreateSession request, Guard guard);

  /** A session, which is touched. */
  Future<Session> get(SessionId id);

  /**
   * Changes attributes one by one; those of others that change at the same time stay.
   *
   * @return {@code INVALID} if it would pass the limits; {@code CONFLICT} if others changed it all
   *     the time
   */
  Future<ChangedSession> merge(MergeSession request, Guard guard);

  /** Begins the idle time anew. */
  Future<Void> touch(SessionId id);

  /**
   * Gives a session another id. The old one ends in the same step.
   *
   * @return {@code CONFLICT} if the id chosen is taken; {@code INVALID} as for {@link #create}
   */
  Future<OpenedSession> rotate(RotateSession request, Guard guard);

  /** Ends a session. */
  Future<Void> invalidate(SessionId id, Guard guard);

  Future<SessionPage> list(ListSessions request);

  /** A session by its handle, which is not touched. */
  Future<SessionSummary> show(String handle);

  /** Ends a session by its handle. */
  Future<Void> end(String handle, Guard guard);

  /**
   * Ends the sessions of somebody that are there at the beginning, one by one; how many.
   *
   * @param guard whose idempotency key does not count
   */
  Future<Integer> endAll(EndSessions request, Guard guard);
}
