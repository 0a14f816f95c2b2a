package io.vertebra.kv;

/** What is asked of the leader and stands in no log. */
sealed interface Question {
  long id();

  /** Lets a lease begin anew. */
  record KeepAlive(long id) implements Question {}

  /** How long a lease lasts. */
  record TimeToLive(long id) implements Question {}
}
