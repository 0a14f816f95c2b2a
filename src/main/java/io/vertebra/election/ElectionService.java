package io.vertebra.election;

import io.vertebra.api.Feed;
import io.vertebra.kv.Guard;
import io.vertx.core.Future;

/** Elections for their callers. Safe for any thread. */
public interface ElectionService {

  /**
   * Becomes the leader, waiting as long as the request says.
   *
   * @param gone completes when the caller went away: it then campaigns no more
   * @return {@code CONFLICT} if others lead until the patience ends
   */
  Future<Elected> campaign(Campaign request, Guard guard, Future<Void> gone);

  /**
   * Lets the leader's lease begin anew, and tells a value; {@code CONFLICT} if it leads no more.
   */
  Future<Elected> proclaim(Proclaim request, Guard guard);

  /**
   * Leads no more; no error if nobody leads.
   *
   * @return whether it led; {@code CONFLICT} if somebody else leads
   */
  Future<Boolean> resign(Resign request, Guard guard);

  /** Who leads, and who would. */
  Future<ElectionState> leader(String name);

  /**
   * Tells who leads, at once and each time it changes, as {@link ElectionState} reads it.
   *
   * @param fromRevision the first change wanted; 0 to be told the present leader first
   */
  Future<Feed> observe(String name, long fromRevision);
}
