package io.vertebra.testkit.linear;

/** What a checker found out about a history. */
public sealed interface Verdict {

  /** There is an order that explains it. */
  record Linearizable(long steps) implements Verdict {}

  /** There is none. */
  record Wrong(String evidence) implements Verdict {}

  /** The search was given up: neither right nor wrong, and so no success. */
  record Undecided(long steps) implements Verdict {}
}
