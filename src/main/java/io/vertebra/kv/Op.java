package io.vertebra.kv;

import io.vertebra.api.Failure;
import io.vertebra.api.FailureCode;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

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
   * Writes a new key that follows all that were appended to the prefix before: the prefix and this
   * transaction's revision as 16 hexadecimal digits. If somebody put that very key before, the
   * transaction is refused with {@code CONFLICT}.
   *
   * <p>Source: the sequential nodes of Apache ZooKeeper.
   *
   * @param lease with which the key ends; 0 for none
   */
  record Append(Bytes prefix, Bytes value, long lease) implements Op {
    /** What is appended has this many digits. */
    public static final int DIGITS = 16;

    Bytes key(long revision) {
      return prefix.plus(Bytes.utf8(HexFormat.of().toHexDigits(revision)));
    }
  }

  /**
   * Grants a lease, which the steps after it may use; the transaction is refused with {@code
   * CONFLICT} if the id is taken.
   *
   * @param id not 0
   * @param ttlMs milliseconds after which it ends unless kept alive, at least 1
   */
  record Grant(long id, long ttlMs) implements Op {}

  /** Ends a lease and its keys, if it has not ended. */
  record Revoke(long id) implements Op {}

  /**
   * Overtakes every earlier holder of a lock: from now on the token is this transaction's revision,
   * and writes with lesser ones are refused.
   *
   * @param lock not one that is numbered elsewhere, as {@link Fence} tells them
   * @param lease as long as which the lock is held, so that its token is not forgotten; 0 for none
   */
  record Overtake(String lock, long lease) implements Op {}

  /**
   * Adds to the number that a key holds as decimal digits in ASCII; a key that is not there counts
   * as 0 and is created. The lease stays. The transaction is refused with {@code CONFLICT} if the
   * value is no 64-bit number, or the sum would be none or out of its bounds.
   *
   * @param step what is added; may be negative
   * @param floor the least sum allowed
   * @param ceiling the greatest sum allowed
   */
  record Add(Bytes key, long step, long floor, long ceiling) implements Op {

    /**
     * What the key holds then.
     *
     * @param present what it holds; null if it is not there
     */
    long sum(@Nullable Bytes present) {
      long before = present == null ? 0 : Numbers.parse(key, present);
      long sum;
      try {
        sum = Math.addExact(before, step);
      } catch (ArithmeticException overflow) {
        throw new Failure(FailureCode.CONFLICT, refusal(before) + " 64 bits cannot hold that");
      }
      if (sum < floor || sum > ceiling) {
        String bounds = " the sum must be " + floor + " to " + ceiling;
        throw new Failure(FailureCode.CONFLICT, refusal(before) + bounds);
      }
      return sum;
    }

    private String refusal(long before) {
      return key + " holds " + before + ", " + step + " was not added:";
    }
  }

  /** Adds within what 64 bits can hold. */
  static Op add(Bytes key, long step) {
    return new Add(key, step, Long.MIN_VALUE, Long.MAX_VALUE);
  }

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
