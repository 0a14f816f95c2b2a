package io.vertebra.kv;

import java.time.Duration;

/**
 * Asks for a lease.
 *
 * @param id 0 for any
 * @param ttl how long it lasts without being kept alive, 1 s to 24 h, in whole milliseconds
 */
public record GrantLease(long id, Duration ttl) {}
