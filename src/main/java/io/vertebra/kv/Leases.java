package io.vertebra.kv;

import io.vertebra.api.Failure;
import io.vertebra.api.FailureCode;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.LongAdder;

/** The leases by their ids. One thread writes; any may read. */
final class Leases {
  /** Heap bytes of a lease: itself, its term, its node. */
  static final int LEASE_BYTES = 24 + 40 + 64;

  /** Heap bytes of a key's place in a lease. */
  static final int KEY_BYTES = 36;

  private final ConcurrentSkipListMap<Long, HeldLease> held = new ConcurrentSkipListMap<>();
  private final LongAdder bytes = new LongAdder();
  private long generation;

  /** The greatest generation given out. */
  long generation() {
    return generation;
  }

  void grant(long id, long ttlMs) {
    add(new LeaseTerm(id, ttlMs, nextGeneration()));
  }

  /** Gives out a generation that no lease had. */
  long nextGeneration() {
    return ++generation;
  }

  /** Puts back a lease as it was; false if the id is taken. */
  boolean insert(LeaseTerm term) {
    if (held.containsKey(term.id())) {
      return false;
    }
    generation = Math.max(generation, term.generation());
    add(term);
    return true;
  }

  /** Never gives out again a generation up to this one. */
  void skipTo(long reached) {
    generation = Math.max(generation, reached);
  }

  private void add(LeaseTerm term) {
    held.put(term.id(), new HeldLease(term));
    bytes.add(LEASE_BYTES);
  }

  boolean contains(long id) {
    return held.containsKey(id);
  }

  Optional<HeldLease> find(long id) {
    return Optional.ofNullable(held.get(id));
  }

  HeldLease get(long id) {
    HeldLease lease = held.get(id);
    if (lease == null) {
      throw notFound(id);
    }
    return lease;
  }

  static Failure notFound(long id) {
    return new Failure(FailureCode.NOT_FOUND, "no lease has the id " + id);
  }

  void checkFree(long id) {
    if (held.containsKey(id)) {
      throw new Failure(FailureCode.CONFLICT, "a lease has the id " + id);
    }
  }

  /** Ends a lease and removes its keys at a revision; whether there were any. */
  boolean end(HeldLease lease, Versions versions, long at) {
    long id = lease.term().id();
    List<Bytes> keys = lease.keys();
    for (Bytes key : keys) {
      Version present = versions.present(key);
      if (present != null) {
        versions.remove(present, at, id);
        move(key, id, 0);
      }
    }
    held.remove(id);
    bytes.add(-LEASE_BYTES);
    return !keys.isEmpty();
  }

  /** Lets a key end with its new lease rather than with the old; 0 for none. */
  void move(Bytes key, long from, long to) {
    if (from == to) {
      return;
    }
    if (find(from).map(lease -> lease.detach(key)).orElse(false)) {
      bytes.add(-KEY_BYTES);
    }
    if (find(to).map(lease -> lease.attach(key)).orElse(false)) {
      bytes.add(KEY_BYTES);
    }
  }

  /** All leases in the order of their ids; goes on changing. */
  Collection<HeldLease> all() {
    return held.values();
  }

  List<LeaseTerm> terms() {
    return held.values().stream().map(HeldLease::term).toList();
  }

  List<Long> ids() {
    return List.copyOf(held.keySet());
  }

  int size() {
    return held.size();
  }

  long bytes() {
    return bytes.sum();
  }
}
