package io.vertebra.kv;

import io.vertebra.api.Failure;
import io.vertebra.api.FailureCode;
import java.util.HashSet;
import java.util.Set;

/**
 * What a restore put back so far, beside the state that serves. Nobody reads it until it takes that
 * state's place. For the thread that applies, but for the numbers.
 *
 * @param id of the restore
 * @param data without sessions, which belong to the log and are not put back
 */
record Gathered(long id, StateData data) {

  /** Nothing as yet. */
  static Gathered begin(long id, Values values) {
    return new Gathered(id, StateData.empty(values));
  }

  /**
   * Adds a part; throws {@code INVALID}, having changed nothing, if it does not fit. The leases are
   * new ones to those who are about to end others of the same ids.
   *
   * @param serving whose leases have other generations
   */
  void insert(Command.Restore part, Leases serving) {
    check(part);
    for (LeaseTerm term : part.leases()) {
      LeaseTerm anew = new LeaseTerm(term.id(), term.ttlMs(), serving.nextGeneration());
      require(data.leases().insert(anew), "lease " + term.id());
    }
    for (KvEntry entry : part.entries()) {
      require(data.insert(entry), "key " + entry.key());
    }
    part.fences().forEach(data.fences()::raise);
    part.kept().forEach(data.kept()::keep);
  }

  private void check(Command.Restore part) {
    Set<Long> ids = new HashSet<>();
    for (LeaseTerm term : part.leases()) {
      boolean isNew = ids.add(term.id()) && !data.leases().contains(term.id());
      require(isNew && term.id() != 0 && term.ttlMs() > 0, "lease " + term.id());
    }
    Set<Bytes> keys = new HashSet<>();
    for (KvEntry entry : part.entries()) {
      boolean isNew = keys.add(entry.key()) && data.versions().present(entry.key()) == null;
      require(isNew && StateData.isPlausible(entry), "key " + entry.key());
      long lease = entry.lease();
      require(lease == 0 || ids.contains(lease) || data.leases().contains(lease), "lease " + lease);
    }
    Set<String> answers = new HashSet<>();
    for (KeptAnswers.Kept kept : part.kept()) {
      boolean isNew = answers.add(kept.key) && data.kept().find(kept.key) == null;
      require(isNew, "idempotency key " + kept.key);
    }
  }

  private static void require(boolean fits, String what) {
    if (!fits) {
      throw Failure.invalid("", what + " does not fit to be put back");
    }
  }

  /**
   * The state that comes after {@code before}: at a revision after all there have been, with no
   * token of a lock that is less than one known. The server's own locks are overtaken, for their
   * holders know the state that is replaced.
   *
   * @param content must not be there, unless by force
   */
  StateData after(StateData before, Command.EndRestore end, KeyRange content) {
    long entries = data.versions().keys();
    if (entries != end.entries()) {
      throw conflict(entries + " entries were put back, yet " + end.entries() + " were to be");
    }
    if (!end.force() && before.versions().has(content)) {
      throw notEmpty();
    }
    long greatest = Math.max(before.versions().revision(), end.revision());
    greatest = Math.max(greatest, data.versions().greatestRevision());
    greatest = Math.max(greatest, data.fences().greatest());
    if (greatest == Long.MAX_VALUE) {
      throw Failure.invalid("/revision", "is the last there can be");
    }
    before.fences().save().forEach(data.fences()::raise);
    data.fences().overtakeOwn(greatest + 1);
    data.fences().settle();
    data.leases().skipTo(before.leases().generation());
    Versions moved = data.versions().movedTo(greatest + 1, before.versions().history().end());
    // The server's concerns tell the newer of two definitions by its revision.
    moved.rewriteBefore(KeyRange.USERS.from());
    return new StateData(moved, data.leases(), data.fences(), before.sessions(), data.kept());
  }

  /** Lets go of it. */
  void retire() {
    data.versions().retire();
  }

  static Failure notEmpty() {
    return conflict("the store has keys; a restore in their place must be forced");
  }

  private static Failure conflict(String sentence) {
    return new Failure(FailureCode.CONFLICT, sentence);
  }

  /** Rows put back so far, about; grows with each part. */
  long rows() {
    return data.versions().keys() + data.leases().size();
  }

  long bytes() {
    return data.bytes();
  }
}
