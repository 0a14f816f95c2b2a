/**
 * One pool of connections to PostgreSQL, MySQL or MariaDB, for concerns that keep their state
 * there.
 *
 * <p>Guaranteed: every call ends within its deadline, with {@code UNAVAILABLE} if nothing was done
 * and {@code TIMEOUT} if that is not known; a server that was away is used again as soon as it
 * answers; connections and calls that wait for one are limited; the password is never logged.
 *
 * <p>Not guaranteed: that what was acknowledged survives a failover to a replica that had not
 * received it; that is for the server's settings to say. Fences are judged by the embedded store,
 * which learns of tokens given out here only as they come by: an overtaken holder is refused once a
 * write with a newer token was seen.
 *
 * <p>Start at {@link SqlService}.
 */
@NullMarked
package io.vertebra.sql;

import org.jspecify.annotations.NullMarked;
