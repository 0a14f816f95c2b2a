package io.vertebra.kv;

import java.time.Duration;
import java.util.List;

/**
 * A time-limited hold on keys, which end with it.
 *
 * @param ttl how long it lasts without being kept alive
 * @param remaining how long it lasts from now, as its leader counts; at least zero
 * @param keys that end with it, if asked for
 * @param revision of the store
 */
public record Lease(long id, Duration ttl, Duration remaining, List<Bytes> keys, long revision) {}
