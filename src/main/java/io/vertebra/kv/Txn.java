package io.vertebra.kv;

import java.util.List;
import java.util.Optional;

/**
 * Steps that happen at one revision or not at all: {@code then} if all compares hold, else {@code
 * otherwise}.
 *
 * @param fence the holding under which all this is done
 * @param idempotencyKey when a transaction of this key was done lately, its answer is given again
 *     and nothing is done; one whose compares did not hold and that only read was not; empty for
 *     none
 */
public record Txn(
    List<Compare> compares,
    List<Op> then,
    List<Op> otherwise,
    Optional<Fence> fence,
    String idempotencyKey) {

  public Txn {
    compares = List.copyOf(compares);
    then = List.copyOf(then);
    otherwise = List.copyOf(otherwise);
  }

  /** Steps without a condition. */
  public static Txn of(Op... steps) {
    return new Txn(List.of(), List.of(steps), List.of(), Optional.empty(), "");
  }

  /** Steps that happen only if a condition holds. */
  public static Txn when(Compare compare, Op... steps) {
    return new Txn(List.of(compare), List.of(steps), List.of(), Optional.empty(), "");
  }

  /** The same under a fence. */
  public Txn under(Fence holding) {
    return new Txn(compares, then, otherwise, Optional.of(holding), idempotencyKey);
  }

  /** The same, done once for all that are sent with this key. */
  public Txn once(String key) {
    return new Txn(compares, then, otherwise, fence, key);
  }

  /** The same with steps for the case that a condition does not hold. */
  public Txn otherwise(Op... steps) {
    return new Txn(compares, then, List.of(steps), fence, idempotencyKey);
  }
}
