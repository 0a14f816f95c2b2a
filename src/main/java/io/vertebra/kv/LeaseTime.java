package io.vertebra.kv;

/**
 * What the leader says of a lease.
 *
 * @param ttlMs how long it lasts without being kept alive
 * @param remainingMs how long it lasts from now; 0 if it is about to end
 */
record LeaseTime(long ttlMs, long remainingMs) {}
