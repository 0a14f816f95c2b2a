package io.vertebra.kv;

/**
 * Keys that follow each other.
 *
 * @param from the first one
 * @param to the first one no more within; empty if there is no end
 */
public record KeyRange(Bytes from, Bytes to) {
  public static final KeyRange ALL = new KeyRange(Bytes.EMPTY, Bytes.EMPTY);

  /** All keys but those that begin with a zero byte, which are the server's own. */
  static final KeyRange USERS = new KeyRange(Bytes.of(new byte[] {1}), Bytes.EMPTY);

  /** Just {@code key}. */
  public static KeyRange one(Bytes key) {
    return new KeyRange(key, key.successor());
  }

  /** All keys that begin with {@code prefix}. */
  public static KeyRange prefix(Bytes prefix) {
    return new KeyRange(prefix, prefix.prefixEnd());
  }

  public boolean contains(Bytes key) {
    return from.compareTo(key) <= 0 && (to.isEmpty() || key.compareTo(to) < 0);
  }

  /** Whether no more than one key can be within. */
  public boolean isOne() {
    return to.length() == from.length() + 1
        && to.startsWith(from)
        && to.unsafeArray()[from.length()] == 0;
  }

  public boolean hasEnd() {
    return !to.isEmpty();
  }
}
