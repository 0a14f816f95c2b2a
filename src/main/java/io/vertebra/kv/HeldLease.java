package io.vertebra.kv;

import java.util.List;
import java.util.NavigableSet;
import java.util.concurrent.ConcurrentSkipListSet;

/** A lease and the keys that end with it. One thread writes; any may read. */
final class HeldLease {
  private final LeaseTerm term;
  private final NavigableSet<Bytes> keys = new ConcurrentSkipListSet<>();

  HeldLease(LeaseTerm term) {
    this.term = term;
  }

  LeaseTerm term() {
    return term;
  }

  /** In their order. */
  List<Bytes> keys() {
    return List.copyOf(keys);
  }

  boolean attach(Bytes key) {
    return keys.add(key);
  }

  boolean detach(Bytes key) {
    return keys.remove(key);
  }
}
