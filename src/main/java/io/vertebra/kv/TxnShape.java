package io.vertebra.kv;

import io.vertebra.api.Failure;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What a transaction must look like, whatever is in the store: no key is empty, none is written
 * twice, and none is both written and removed.
 *
 * <p>Source: etcd's {@code checkTxnRequest} and {@code checkIntervals}, by which two branches of a
 * choice may write the same key. Unlike there, no choice may remove what an earlier one writes.
 */
final class TxnShape {
  /** Most steps of a transaction, those of the branches not taken included. */
  static final int MAX_STEPS = 4096;

  private final long revision;
  private int steps;

  /** What a list of steps may write and remove. */
  private record Touched(Set<Bytes> written, List<KeyRange> removed) {}

  private TxnShape(long revision) {
    this.revision = revision;
  }

  /**
   * Throws {@code INVALID} if a transaction is not as it must be.
   *
   * @param revision that it would be done at
   */
  static void check(Txn txn, long revision) {
    TxnShape shape = new TxnShape(revision);
    shape.steps(txn.then());
    shape.steps(txn.otherwise());
  }

  private void steps(List<Op> ops) {
    Touched unused = touched(ops);
  }

  private Touched touched(List<Op> ops) {
    steps += ops.size();
    if (steps > MAX_STEPS) {
      throw Failure.invalid("", "a transaction has at most " + MAX_STEPS + " steps");
    }
    if (ops.size() == 1 && ops.get(0) instanceof Op.Put put) {
      checkKey(put.key());
      return new Touched(Set.of(put.key()), List.of());
    }
    if (ops.size() == 1 && ops.get(0) instanceof Op.Add add) {
      checkKey(add.key());
      return new Touched(Set.of(add.key()), List.of());
    }
    Touched all = new Touched(new HashSet<>(), new ArrayList<>());
    for (Op op : ops) {
      if (op instanceof Op.Delete delete) {
        all.removed().add(delete.range());
      }
    }
    for (Op op : ops) {
      if (op instanceof Op.Choice choice) {
        add(all, choice);
      }
    }
    for (Op op : ops) {
      if (op instanceof Op.Put put) {
        checkKey(put.key());
        write(all, put.key());
      } else if (op instanceof Op.Add add) {
        checkKey(add.key());
        write(all, add.key());
      } else if (op instanceof Op.Append append) {
        write(all, append.key(revision));
      } else if (op instanceof Op.Grant grant) {
        checkLease(grant.id(), grant.ttlMs());
      } else if (op instanceof Op.Overtake overtake) {
        checkLock(overtake.lock());
      }
    }
    return all;
  }

  private void add(Touched all, Op.Choice choice) {
    Touched then = touched(choice.then());
    Touched otherwise = touched(choice.otherwise());
    List<KeyRange> removed = new ArrayList<>(then.removed());
    removed.addAll(otherwise.removed());
    for (Bytes key : all.written()) {
      checkKept(key, removed);
    }
    then.written().forEach(key -> write(all, key));
    for (Bytes key : otherwise.written()) {
      if (!then.written().contains(key)) {
        write(all, key);
      }
    }
    all.removed().addAll(removed);
  }

  private static void write(Touched all, Bytes key) {
    if (!all.written().add(key)) {
      throw Failure.invalid("", "key " + key + " is written twice");
    }
    checkKept(key, all.removed());
  }

  private static void checkKept(Bytes key, List<KeyRange> removed) {
    for (KeyRange range : removed) {
      if (range.contains(key)) {
        throw Failure.invalid("", "key " + key + " is both written and removed");
      }
    }
  }

  static void checkLease(long id, long ttlMs) {
    if (id == 0 || ttlMs == 0) {
      throw Failure.invalid("", "a lease has an id and a time, neither of which is 0");
    }
  }

  private static void checkLock(String lock) {
    if (lock.isEmpty()) {
      throw Failure.invalid("", "the name of a lock is empty");
    }
    if (Fence.isForeign(lock)) {
      throw Failure.invalid("", "lock " + lock + " is numbered elsewhere: this store has no token");
    }
  }

  private static void checkKey(Bytes key) {
    if (key.isEmpty()) {
      throw Failure.invalid("", "the key to write is empty");
    }
  }
}
