package io.vertebra.kv;

import static io.vertebra.kv.KvRules.require;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Goes through one transaction and adds up what it holds. */
final class TxnRules {
  private int compares;
  private int steps;
  private long bytes;

  /** Keys written and ranges removed on one way through a transaction. */
  private record Writes(Map<Bytes, String> puts, List<KeyRange> deletes) {
    Writes() {
      this(new HashMap<>(), new ArrayList<>());
    }
  }

  void check(Txn txn) {
    compares("/compare", txn.compares());
    branch("/then", txn.then(), true, new Writes());
    branch("/otherwise", txn.otherwise(), true, new Writes());
    require(compares <= KvRules.MAX_COMPARES, "/compare", "must be at most 128 in all");
    require(steps <= KvRules.MAX_STEPS, "/then", "must be at most 128 steps in all");
    require(bytes <= KvRules.MAX_TXN_BYTES, "", "must have at most 2 MiB of keys and values");
  }

  private void compares(String pointer, List<Compare> list) {
    for (int i = 0; i < list.size(); i++) {
      Compare compare = list.get(i);
      KvRules.range(pointer + "/" + i, compare.range());
      KvRules.value(pointer + "/" + i + "/value", compare.value());
      bytes += compare.range().from().length() + compare.value().length();
    }
    compares += list.size();
  }

  private void branch(String pointer, List<Op> ops, boolean mayNest, Writes writes) {
    for (int i = 0; i < ops.size(); i++) {
      steps++;
      step(pointer + "/" + i, ops.get(i), writes, mayNest);
    }
  }

  private void step(String pointer, Op op, Writes writes, boolean mayNest) {
    if (op instanceof Op.Put put) {
      KvRules.key(pointer + "/put/key", put.key());
      KvRules.value(pointer + "/put/value", put.value());
      require(put.lease() >= 0, pointer + "/put/leaseId", "must be at least 0");
      bytes += put.key().length() + put.value().length();
      add(writes, put.key(), pointer + "/put/key");
    } else if (op instanceof Op.Delete delete) {
      KvRules.range(pointer + "/delete", delete.range());
      bytes += delete.range().from().length();
      add(writes, delete.range(), pointer + "/delete");
    } else if (op instanceof Op.Get get) {
      KvRules.range(pointer + "/get", get.request().range());
      bytes += get.request().range().from().length();
    } else if (op instanceof Op.Overtake overtake) {
      KvRules.lock(pointer + "/overtake/lock", overtake.lock());
    } else if (op instanceof Op.Choice choice) {
      require(mayNest, pointer + "/txn", "must not be within another one within another one");
      choice(pointer + "/txn", choice, writes);
    }
  }

  private void choice(String pointer, Op.Choice choice, Writes outer) {
    compares(pointer + "/compare", choice.compares());
    Writes then = new Writes();
    Writes otherwise = new Writes();
    branch(pointer + "/then", choice.then(), false, then);
    branch(pointer + "/otherwise", choice.otherwise(), false, otherwise);
    // Only one of the two happens, so they may write the same.
    Map<Bytes, String> puts = new HashMap<>(then.puts());
    puts.putAll(otherwise.puts());
    List<KeyRange> before = List.copyOf(outer.deletes());
    puts.forEach((key, at) -> requireUnwritten(outer.puts(), before, key, at));
    for (Writes inner : List.of(then, otherwise)) {
      inner.deletes().forEach(range -> requireNotPut(outer.puts(), range, pointer));
    }
    outer.puts().putAll(puts);
    outer.deletes().addAll(then.deletes());
    outer.deletes().addAll(otherwise.deletes());
  }

  private static void add(Writes writes, Bytes key, String pointer) {
    requireUnwritten(writes.puts(), writes.deletes(), key, pointer);
    writes.puts().put(key, pointer);
  }

  private static void add(Writes writes, KeyRange range, String pointer) {
    requireNotPut(writes.puts(), range, pointer);
    writes.deletes().add(range);
  }

  private static void requireUnwritten(
      Map<Bytes, String> puts, List<KeyRange> deletes, Bytes key, String pointer) {
    require(!puts.containsKey(key), pointer, "must not be written twice");
    boolean deleted = deletes.stream().anyMatch(range -> range.contains(key));
    require(!deleted, pointer, "must not be removed as well");
  }

  private static void requireNotPut(Map<Bytes, String> puts, KeyRange range, String pointer) {
    boolean written = puts.keySet().stream().anyMatch(range::contains);
    require(!written, pointer, "must not remove what is written as well");
  }
}
