package io.vertebra.kv;

import java.util.List;

/** One step of a transaction. */
public sealed interface Op {

  /**
   * Writes a key.
   *
   * @param lease with which the key ends; 0 for none
   * @param previous whether to answer the entry before
   * @param keepValue whether to leave the value of a key that must exist as it is
   * @param keepLease whether to leave the lease of a key that must exist as it is
   */
  record Put(
      Bytes key, Bytes value, long lease, boolean previous, boolean keepValue, boolean keepLease)
      implements Op {}

  /**
   * Removes the keys of a range.
   *
   * @param previous whether to answer the entries before
   */
  record Delete(KeyRange range, boolean previous) implements Op {}

  /** Reads as of this step. */
  record Get(RangeRequest request) implements Op {}

  /** A transaction within: chooses between two lists of steps. */
  record Choice(List<Compare> compares, List<Op> then, List<Op> otherwise) implements Op {
    public Choice {
      compares = List.copyOf(compares);
      then = List.copyOf(then);
      otherwise = List.copyOf(otherwise);
    }
  }

  /**
   * Overtakes every earlier holder of a lock: from now on the token is this transaction's revision,
   * and writes with lesser ones are refused.
   */
  record Overtake(String lock) implements Op {}

  static Op put(Bytes key, Bytes value) {
    return new Put(key, value, 0, false, false, false);
  }

  static Op put(Bytes key, Bytes value, long lease) {
    return new Put(key, value, lease, false, false, false);
  }

  static Op delete(Bytes key) {
    return new Delete(KeyRange.one(key), false);
  }

  static Op get(Bytes key) {
    return new Get(RangeRequest.one(key));
  }
}
