package io.vertebra.registry;

import io.vertebra.kv.Bytes;
import io.vertebra.kv.Compare;
import io.vertebra.kv.KeyRange;
import io.vertebra.kv.Op;
import io.vertebra.kv.Txn;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A change in the making: what it expects to find, and its steps. Whatever goes from a topic leaves
 * a mark there. Not safe for several threads.
 */
final class Change {
  private final List<Compare> compares = new ArrayList<>();
  private final List<Op> steps = new ArrayList<>();

  /** Whether there is nothing to be done. */
  boolean isEmpty() {
    return steps.isEmpty();
  }

  List<Compare> compares() {
    return compares;
  }

  List<Op> steps() {
    return steps;
  }

  /** The mark comes last, so that whoever sees it has seen the rest. */
  Txn toTxn() {
    List<Op> all = new ArrayList<>(steps);
    all.add(Op.put(RegistryKeys.MARK, Bytes.EMPTY));
    return new Txn(compares, all, List.of(), Optional.empty(), "");
  }

  /** Expects a key to be as it was read. */
  void expect(Bytes key, @Nullable Entry<?> read) {
    compares.add(Compare.modifiedAt(key, read == null ? 0 : read.modifyRevision()));
  }

  void expect(Compare compare) {
    compares.add(compare);
  }

  /** Expects a range to hold no key. */
  void expectNone(KeyRange range) {
    compares.add(
        new Compare(range, Compare.Target.VERSION, Compare.Relation.EQUAL, 0, Bytes.EMPTY));
  }

  void put(Bytes key, JsonObject value) {
    steps.add(Op.put(key, Bytes.utf8(value.encode())));
  }

  void delete(Bytes key) {
    steps.add(Op.delete(key));
  }

  void delete(KeyRange range) {
    steps.add(new Op.Delete(range, false));
  }

  /** Says that something went. */
  void leave(Topic topic) {
    Op step = Op.put(RegistryKeys.topic(topic), Bytes.EMPTY);
    if (!steps.contains(step)) {
      steps.add(step);
    }
  }

  /** Writes a key that ends with a lease of its own. */
  void putOnLease(Bytes key, Bytes value, long lease, long ttlMs) {
    steps.add(new Op.Grant(lease, ttlMs));
    steps.add(Op.put(key, value, lease));
  }

  /** Ends a lease, unless it is 0. */
  void revoke(long lease) {
    if (lease != 0) {
      steps.add(new Op.Revoke(lease));
    }
  }
}
