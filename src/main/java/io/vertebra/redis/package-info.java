/**
 * One client of a Redis server, sentinel group or cluster, for concerns that keep their state
 * there.
 *
 * <p>Guaranteed: every call ends within its deadline, with {@code UNAVAILABLE} if nothing was sent
 * and {@code TIMEOUT} if it is not known what was done; a server that was away is used again as
 * soon as it answers; connections and calls that wait for one are limited; the password is never
 * logged.
 *
 * <p>Not guaranteed: that what was acknowledged is kept. That is for the server's settings to say:
 * without {@code appendfsync always} a crash loses the last writes, and a failover to a replica
 * loses those that it had not received, since Redis copies to replicas after it answered. Fences
 * are judged by what this server has seen, not by the embedded store: an overtaken holder is
 * refused here only once a write with a newer token came by.
 *
 * <p>Start at {@link RedisService}; {@link GuardedScript} runs what belongs to a {@link
 * io.vertebra.kv.Guard}.
 */
@NullMarked
package io.vertebra.redis;

import org.jspecify.annotations.NullMarked;
