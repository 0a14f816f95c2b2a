package io.vertebra.etcd;

import io.vertebra.kv.Bytes;
import io.vertebra.kv.KeyRange;

/** Ranges as etcd writes them: a key and the end, which is empty for just that key. */
final class Keys {
  /** As an end, after all keys; as a key, before all others. */
  static final Bytes ZERO = Bytes.of(new byte[1]);

  private Keys() {}

  /** The range of a message, whose key must not be empty. */
  static KeyRange of(Message message) {
    return of(message.key(), message.bytes("range_end"));
  }

  static KeyRange of(Bytes key, Bytes end) {
    if (end.isEmpty()) {
      return KeyRange.one(key);
    }
    if (end.equals(ZERO)) {
      return new KeyRange(key, Bytes.EMPTY);
    }
    return new KeyRange(key, isEmpty(key, end) ? key : end);
  }

  /** Whether no key can be in this range. */
  static boolean isEmpty(Bytes key, Bytes end) {
    return !end.isEmpty() && !end.equals(ZERO) && end.compareTo(key) <= 0;
  }
}
