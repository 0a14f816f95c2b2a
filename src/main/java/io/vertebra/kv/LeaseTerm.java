package io.vertebra.kv;

/**
 * What a lease is, whatever its keys.
 *
 * @param id not 0
 * @param ttlMs how long it lasts without being kept alive, at least 1 ms
 * @param generation tells this lease from others of the same id, before or after
 */
record LeaseTerm(long id, long ttlMs, long generation) {}
