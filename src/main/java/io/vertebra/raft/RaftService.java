package io.vertebra.raft;

import io.vertx.core.Future;
import java.util.Optional;

/**
 * The members of the store's group. Every change waits until the members agreed on it and answers
 * the group after it; it fails with {@code CONFLICT}, saying why, if the group would lose its
 * majority or just changes otherwise, with {@code UNAVAILABLE} if nothing changed, and with {@code
 * TIMEOUT} if that is not known. Any node may be asked.
 */
public interface RaftService {

  /** The group as far as it can be seen from here; never fails while the bus works. */
  Future<GroupView> group();

  /**
   * Adds a node that waits.
   *
   * @return {@code NOT_FOUND} if no such node answers
   */
  Future<GroupView> add(NodeSelector node);

  /**
   * Removes a member, which may be gone.
   *
   * @return {@code NOT_FOUND} if there is no such member
   */
  Future<GroupView> remove(long id);

  /** Puts a node that waits in the place of a member, which may be gone. */
  Future<GroupView> replace(ReplaceMember change);

  /**
   * Lets another member lead.
   *
   * @param to its id; absent for the one that is furthest
   */
  Future<GroupView> transfer(Optional<Long> to);
}
