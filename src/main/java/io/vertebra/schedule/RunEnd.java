package io.vertebra.schedule;

import java.time.Instant;

/**
 * The end of an attempt.
 *
 * @param attempt which, from 1
 * @param problem why it failed, for a person; empty if it succeeded
 */
record RunEnd(Instant nominal, int shard, int attempt, Instant at, String problem) {
  private static final int MAX_PROBLEM = 200;

  RunEnd {
    problem = problem.length() > MAX_PROBLEM ? problem.substring(0, MAX_PROBLEM) : problem;
  }

  boolean isOf(Run run) {
    return run.is(Phase.RUNNING)
        && run.nominal().equals(nominal)
        && run.shard() == shard
        && run.attempts() == attempt;
  }
}
