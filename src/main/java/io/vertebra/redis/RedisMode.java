package io.vertebra.redis;

/** How the servers belong together. */
public enum RedisMode {
  /** One server. */
  STANDALONE,
  /** A master and its replicas, watched by sentinels, whose addresses are the ones given. */
  SENTINEL,
  /** Slots of keys spread over several masters. */
  CLUSTER
}
