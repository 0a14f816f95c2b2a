package io.vertebra.testkit.linear;

import java.util.List;

/**
 * Tells whether a history is linearizable: whether there is an order of its operations that the
 * model allows and in which each stands somewhere between its invocation and its return.
 *
 * <p>Source: J. Wing, C. Gong, "Testing and verifying concurrent objects", 1993, with what G. Lowe,
 * "Testing for linearizability", 2017, adds: operations are put in order only when one of them
 * returns, a configuration is searched once, and each key for itself.
 *
 * @param budget configurations to look at, for each key, before giving up
 */
public record Checker<S, I, O>(Model<S, I, O> model, long budget) {
  private static final long DEFAULT_BUDGET = 20_000_000;

  public Checker(Model<S, I, O> model) {
    this(model, DEFAULT_BUDGET);
  }

  /** Judges operations on one key. */
  public Verdict check(List<Operation<I, O>> history) {
    return new Search<>(model, model.simplify(history), budget).run();
  }

  /** Fails, with the evidence, unless the operations on each key are linearizable. */
  public void verify(History<I, O> history) {
    history.byKey().forEach(this::verify);
  }

  private void verify(String key, List<Operation<I, O>> operations) {
    Verdict verdict = check(operations);
    if (verdict instanceof Verdict.Wrong wrong) {
      throw new AssertionError("not linearizable, key " + key + ": " + wrong.evidence());
    }
    if (verdict instanceof Verdict.Undecided undecided) {
      throw new AssertionError(
          "undecided after %d steps, key %s with %d operations"
              .formatted(undecided.steps(), key, operations.size()));
    }
  }
}
