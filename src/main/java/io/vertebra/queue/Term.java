package io.vertebra.queue;

import io.vertebra.kv.Fence;
import io.vertebra.kv.KvEntry;
import java.util.Optional;

/**
 * The time in which a node is the owner.
 *
 * @param sequence its ids, above all that were given out before
 * @param fence under which it writes
 * @param began the revision of the store at which it began
 */
record Term(Sequence sequence, Fence fence, long began) {
  /**
   * Whether nobody was the owner since, and the store is the one in which it began.
   *
   * @param owner the entry of {@link QueueKeys#OWNER}
   */
  boolean lasts(Optional<KvEntry> owner) {
    return owner.filter(entry -> entry.modRevision() == began).isPresent();
  }
}
