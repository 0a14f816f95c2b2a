package io.vertebra.testkit.linear;

import java.util.List;
import java.util.Optional;

/**
 * How one part of a store behaves when one thing happens after the other.
 *
 * @param <S> its state, with {@code equals} and {@code hashCode}
 */
public interface Model<S, I, O> {

  S initial();

  /**
   * The state after {@code input} was answered with {@code output}; empty if it would not have been
   * answered so. Without an output: the state after it took effect, whatever it answered.
   */
  Optional<S> step(S state, I input, Optional<O> output);

  /**
   * Whether an operation that is yet to happen can happen no more, neither in this state nor in any
   * that follows. Saying so where it is known spares the search; never saying so is right as well.
   */
  default boolean isTooLate(S state, I input, O output) {
    return false;
  }

  /**
   * A history of one part that is explained if and only if the given one is, and is searched
   * faster. Operations that may never happen are interchangeable if their inputs are equal.
   */
  default List<Operation<I, O>> simplify(List<Operation<I, O>> history) {
    return history;
  }
}
