package io.vertebra.kv;

import java.util.Collection;
import java.util.List;
import java.util.NavigableSet;
import java.util.concurrent.ConcurrentSkipListSet;

/** A lease and the keys that end with it. One thread writes; any may read. */
final class HeldLease {
  private final LeaseTerm term;

  /** A set only once there are several: most leases hold one key, and there are many of them. */
  private volatile Collection<Bytes> keys = List.of();

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
    Collection<Bytes> now = keys;
    if (now instanceof NavigableSet<Bytes> several) {
      return several.add(key);
    }
    if (now.contains(key)) {
      return false;
    }
    if (now.isEmpty()) {
      keys = List.of(key);
    } else {
      NavigableSet<Bytes> several = new ConcurrentSkipListSet<>(now);
      several.add(key);
      keys = several;
    }
    return true;
  }

  boolean detach(Bytes key) {
    Collection<Bytes> now = keys;
    if (now instanceof NavigableSet<Bytes> several) {
      return several.remove(key);
    }
    if (!now.contains(key)) {
      return false;
    }
    keys = List.of();
    return true;
  }
}
