package io.vertebra.kv;

import static io.vertebra.kv.KvRules.require;

import java.time.Duration;
import java.util.List;

/** Goes through one transaction and adds up what it holds. */
final class TxnRules {
  private int compares;
  private int steps;
  private long bytes;

  void check(Txn txn) {
    compares("/compare", txn.compares());
    steps("/then", txn.then(), true);
    steps("/otherwise", txn.otherwise(), true);
    require(
        compares <= KvRules.MAX_COMPARES,
        "/compare",
        "must be at most " + KvRules.MAX_COMPARES + " in all");
    require(
        steps <= KvRules.MAX_STEPS, "/then", "must be at most " + KvRules.MAX_STEPS + " in all");
    require(bytes <= KvRules.MAX_TXN_BYTES, "", "the keys and values are longer than 2 MiB in all");
    TxnShape.check(txn, 0);
  }

  private void compares(String pointer, List<Compare> list) {
    for (int i = 0; i < list.size(); i++) {
      Compare compare = list.get(i);
      KvRules.range(pointer + "/" + i, compare.range());
      KvRules.value(pointer + "/" + i + "/value", compare.value());
      bytes += size(compare.range()) + compare.value().length();
    }
    compares += list.size();
  }

  private void steps(String pointer, List<Op> ops, boolean mayNest) {
    steps += ops.size();
    for (int i = 0; i < ops.size(); i++) {
      step(pointer + "/" + i, ops.get(i), mayNest);
    }
  }

  private void step(String pointer, Op op, boolean mayNest) {
    if (op instanceof Op.Put put) {
      KvRules.key(pointer + "/put/key", put.key());
      KvRules.value(pointer + "/put/value", put.value());
      bytes += put.key().length() + put.value().length();
    } else if (op instanceof Op.Delete delete) {
      KvRules.range(pointer + "/delete", delete.range());
      bytes += size(delete.range());
    } else if (op instanceof Op.Get get) {
      KvRules.range(pointer + "/get", get.request().range());
      bytes += size(get.request().range());
    } else if (op instanceof Op.Add add) {
      KvRules.key(pointer + "/add/key", add.key());
      require(add.floor() <= add.ceiling(), pointer + "/add/floor", "must not exceed the ceiling");
      bytes += add.key().length();
    } else if (op instanceof Op.Append append) {
      KvRules.prefix(pointer + "/append/prefix", append.prefix());
      KvRules.value(pointer + "/append/value", append.value());
      bytes += append.prefix().length() + append.value().length();
    } else if (op instanceof Op.Grant grant) {
      KvRules.grantedTtl(pointer + "/grant/ttlMs", Duration.ofMillis(grant.ttlMs()));
    } else if (op instanceof Op.Overtake overtake) {
      KvRules.ownLock(pointer + "/overtake/lock", overtake.lock());
    } else if (op instanceof Op.Choice choice) {
      require(mayNest, pointer + "/txn", "is within two others; one is the most");
      compares(pointer + "/txn/compare", choice.compares());
      steps(pointer + "/txn/then", choice.then(), false);
      steps(pointer + "/txn/otherwise", choice.otherwise(), false);
    }
  }

  private static int size(KeyRange range) {
    return range.from().length() + range.to().length();
  }
}
