package io.vertebra.api;

/** Where a concern keeps its state. */
public enum Backend {
  /** In the store that the nodes share: the strongest promises. */
  KV,
  REDIS,
  SQL
}
