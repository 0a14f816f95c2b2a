package io.vertebra.kv;

import io.vertebra.api.Failure;
import io.vertebra.api.FailureCode;
import java.util.HashSet;
import java.util.Set;

/**
 * All that a store holds.
 *
 * @param restoring whether entries are being put back, so that nobody may read or write
 */
record StateData(
    Versions versions,
    Leases leases,
    Fences fences,
    Sessions sessions,
    KeptAnswers kept,
    boolean restoring) {

  /** Without keys, leases and fences, waiting for those to put back. */
  StateData emptied() {
    Leases none = new Leases();
    none.skipTo(leases.generation());
    Versions empty =
        new Versions(
            versions.revision(), versions.compactedRevision(), 0, versions.history().end());
    return new StateData(empty, none, new Fences(), sessions, kept, true);
  }

  /** Puts back a part; throws {@code INVALID}, having changed nothing, if it does not fit. */
  void insert(Command.Restore part) {
    Set<Long> ids = new HashSet<>();
    for (LeaseTerm term : part.leases()) {
      boolean isNew = ids.add(term.id()) && !leases.contains(term.id());
      require(isNew && term.id() != 0 && term.ttlMs() > 0, "lease " + term.id());
    }
    Set<Bytes> keys = new HashSet<>();
    for (KvEntry entry : part.entries()) {
      boolean isNew = keys.add(entry.key()) && versions.present(entry.key()) == null;
      require(isNew && isPlausible(entry), "key " + entry.key());
      long lease = entry.lease();
      require(lease == 0 || ids.contains(lease) || leases.contains(lease), "lease " + lease);
    }
    for (LeaseTerm term : part.leases()) {
      require(leases.insert(term), "lease " + term.id());
    }
    for (KvEntry entry : part.entries()) {
      require(insert(entry), "key " + entry.key());
    }
    part.fences().forEach(fence -> fences.learn(fence.lock(), fence.token()));
  }

  /** Puts back an entry whose lease is there; false if its key is there too. */
  boolean insert(KvEntry entry) {
    leases.move(entry.key(), 0, entry.lease());
    return versions.insert(entry);
  }

  /** Whether an entry can have been in a store. */
  static boolean isPlausible(KvEntry entry) {
    return !entry.key().isEmpty()
        && entry.createRevision() > 0
        && entry.createRevision() <= entry.modRevision()
        && entry.modRevision() < Long.MAX_VALUE
        && entry.version() > 0;
  }

  private static void require(boolean fits, String what) {
    if (!fits) {
      throw Failure.invalid("", what + " does not fit to be put back");
    }
  }

  /** Serving again, at a revision after all there have been; nobody can read what was before. */
  StateData completed(Command.EndRestore end) {
    if (versions.keys() != end.entries() || end.revision() == Long.MAX_VALUE) {
      throw new Failure(
          FailureCode.CONFLICT,
          versions.keys() + " entries were put back, yet " + end.entries() + " were to be");
    }
    long greatest = Math.max(versions.revision(), end.revision());
    for (Version version : versions.all()) {
      greatest = Math.max(greatest, version.modRevision);
    }
    versions.publish(greatest + 1);
    versions.compact(greatest + 1);
    return new StateData(versions, leases, fences, sessions, kept, false);
  }

  long bytes() {
    return versions.bytes() + leases.bytes() + fences.bytes() + sessions.bytes() + kept.bytes();
  }
}
