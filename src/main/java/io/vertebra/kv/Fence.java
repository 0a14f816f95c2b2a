package io.vertebra.kv;

/**
 * Says under which holding of a lock a write is made. The write is refused with {@code FENCED} when
 * a greater token of that lock is known; otherwise this one is known from then on.
 *
 * <p>Source: M. Kleppmann, "How to do distributed locking", 2016.
 *
 * @param lock 1 to 512 bytes in UTF-8
 * @param token at least 1
 */
public record Fence(String lock, long token) {}
