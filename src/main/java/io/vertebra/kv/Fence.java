package io.vertebra.kv;

/**
 * Says under which holding of a lock a write is made. The write is refused with {@code FENCED} when
 * a greater token of that lock is known; otherwise this one is known from then on.
 *
 * <p>Tokens are revisions of this store, as {@link Op.Overtake} gives them out, and one that the
 * store has not reached is {@code INVALID}. A lock whose name begins with {@value #FOREIGN} is
 * numbered elsewhere, as by Redis, SQL or ZooKeeper: its tokens are any numbers, this store gives
 * out none, and of such locks it knows the last {@value Fences#MAX_FOREIGN} that wrote.
 *
 * <p>Source: M. Kleppmann, "How to do distributed locking", 2016.
 *
 * @param lock 1 to 512 bytes in UTF-8
 * @param token at least 1
 */
public record Fence(String lock, long token) {
  /** The names of the locks that are numbered elsewhere begin with it. */
  public static final String FOREIGN = "~";

  static boolean isForeign(String lock) {
    return lock.startsWith(FOREIGN);
  }
}
