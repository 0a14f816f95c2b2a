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

  /**
   * Ends a lease unless another one took its id; {@code NOT_FOUND} then. Refused with {@code STALE}
   * if another leader took it into the log than the one that found the lease over: others may have
   * given it its full time again.
   *
   * @param term of the leader that found it over; 0 for any, as in logs of earlier versions
   */
  record Expire(long id, long generation, long term) implements Command {
    static final long ANY_TERM = 0;
  }

  /** Forgets what was before {@code revision}; {@code COMPACTED} if it is forgotten already. */
  record Compact(long revision) implements Command {}

  /**
   * Begins to gather another state beside the one that serves; what another restore gathered is
   * given up.
   *
   * @param id of the restore, never used before
   */
  record BeginRestore(long id) implements Command {}

  /**
   * Adds to what is gathered; leases come before the entries that hang on them. {@code CONFLICT}
   * unless this restore is under way.
   */
  record Restore(
      long id,
      List<KeptAnswers.Kept> kept,
      List<KvEntry> entries,
      List<LeaseTerm> leases,
      List<Fences.Saved> fences)
      implements Command {
    public Restore {
      kept = List.copyOf(kept);
      entries = List.copyOf(entries);
      leases = List.copyOf(leases);
      fences = List.copyOf(fences);
    }
  }

  /**
   * Puts what was gathered in place of the state, at a revision after all others; {@code CONFLICT}
   * unless this restore is under way and gathered as many entries, or if the store has content of
   * users.
   *
   * @param revision that is to be passed
   * @param force whether keys of users may go
   */
  record EndRestore(long id, long revision, long entries, boolean force) implements Command {}

  /** Gives up what a restore gathered; nothing if it is not under way. */
  record CancelRestore(long id) implements Command {}
}
