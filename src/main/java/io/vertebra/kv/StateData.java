package io.vertebra.kv;

/** All that a store holds. */
record StateData(
    Versions versions, Leases leases, Fences fences, Sessions sessions, KeptAnswers kept) {

  /** An empty store that was never written. */
  static StateData empty(Values values) {
    return empty(values, 0);
  }

  /**
   * The same in the place of another.
   *
   * @param base number of the next change in the history
   */
  static StateData empty(Values values, long base) {
    Versions none = new Versions(KvState.FIRST_REVISION, 0, 0, base, values);
    Leases leases = new Leases();
    return new StateData(
        none, leases, new Fences(leases::contains), new Sessions(), new KeptAnswers());
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

  long bytes() {
    return versions.bytes() + leases.bytes() + fences.bytes() + sessions.bytes() + kept.bytes();
  }
}
