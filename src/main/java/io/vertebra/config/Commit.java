package io.vertebra.config;

import io.vertebra.kv.Fence;
import java.util.List;
import java.util.Optional;

/**
 * What becomes of a namespace, at once or not at all.
 *
 * @param before as it must still be
 * @param released for the history; empty if none is made
 * @param forget history up to this revision goes; 0 for none
 * @param fence the holding under which it is done
 */
record Commit(
    Namespace before,
    Namespace after,
    Optional<Released> released,
    long forget,
    Optional<Fence> fence) {

  /** The former values for the history. */
  List<Past> past() {
    return released.isPresent() ? before.endedBy(after) : List.of();
  }
}
