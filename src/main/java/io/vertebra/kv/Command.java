package io.vertebra.kv;

import java.util.List;

/** What changes the store, one after another in the log. */
sealed interface Command {

  record Transact(Txn txn) implements Command {}

  /**
   * Grants a lease; {@code CONFLICT} if the id is taken.
   *
   * @param id not 0
   * @param ttlMs 1 ms at least
   */
  record Grant(long id, long ttlMs) implements Command {}

  /** Ends a lease and its keys; {@code NOT_FOUND} if it ended before. */
  record Revoke(long id) implements Command {}

  /** Ends a lease unless another one took its id; {@code NOT_FOUND} then. */
  record Expire(long id, long generation) implements Command {}

  /** Forgets what was before {@code revision}; {@code COMPACTED} if it is forgotten already. */
  record Compact(long revision) implements Command {}

  /** Forgets all keys, leases and fences; writes and reads are refused until the end. */
  record BeginRestore() implements Command {}

  /** Puts back entries with their revisions; leases come before the entries that hang on them. */
  record Restore(List<KvEntry> entries, List<LeaseTerm> leases, List<Fence> fences)
      implements Command {
    public Restore {
      entries = List.copyOf(entries);
      leases = List.copyOf(leases);
      fences = List.copyOf(fences);
    }
  }

  /**
   * Lets the store serve again, at a revision after all others; {@code CONFLICT} unless as many
   * entries were put back.
   *
   * @param revision of the store that was saved
   */
  record EndRestore(long revision, long entries) implements Command {}
}
