package io.vertebra.etcd;

import io.vertebra.kv.Bytes;
import io.vertebra.kv.KeyRange;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Refuses transactions that write a key twice, or write and remove it; those that remove one twice
 * are taken. Beyond etcd, which does not look at removals without an end.
 *
 * <p>Source: etcd 3.4, {@code checkIntervals} in {@code api/v3rpc/key.go}.
 */
final class DuplicateKeys {
  private final Set<Bytes> puts = new HashSet<>();
  private final List<KeyRange> deletes = new ArrayList<>();

  private DuplicateKeys() {}

  static void refuse(List<Step> steps) {
    DuplicateKeys unused = of(steps);
  }

  private static DuplicateKeys of(List<Step> steps) {
    DuplicateKeys keys = new DuplicateKeys();
    for (Step step : steps) {
      if (step instanceof Step.Delete delete) {
        keys.deletes.add(delete.op().range());
      }
    }
    for (Step step : steps) {
      if (step instanceof Step.Nested nested) {
        keys.addEither(of(nested.query().then()), of(nested.query().otherwise()));
      }
    }
    for (Step step : steps) {
      if (step instanceof Step.Put put) {
        keys.add(put.op().key());
      }
    }
    return keys;
  }

  /** Only one of the two happens, so that they may write the same. */
  private void addEither(DuplicateKeys then, DuplicateKeys otherwise) {
    then.puts.forEach(this::add);
    for (Bytes key : otherwise.puts) {
      if (!then.puts.contains(key)) {
        add(key);
      }
    }
    deletes.addAll(then.deletes);
    deletes.addAll(otherwise.deletes);
  }

  private void add(Bytes key) {
    if (!puts.add(key) || deletes.stream().anyMatch(range -> range.contains(key))) {
      throw EtcdException.invalid("etcdserver: duplicate key given in txn request");
    }
  }
}
