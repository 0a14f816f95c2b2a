package io.vertebra.config;

import io.vertebra.crypto.SecretKeys;
import io.vertebra.kv.Bytes;

/**
 * Encrypts values. Namespace and key of the configuration are authenticated with them, so that no
 * value passes for another one.
 */
record Secrets(SecretKeys keys) {

  /** Encrypts with the first key. */
  Bytes seal(String namespace, String key, Bytes value) {
    return Bytes.wrap(keys.seal(place(namespace, key), value.unsafeArray()));
  }

  /** Decrypts; {@code UNAVAILABLE} if this node lacks the key. */
  Bytes open(String namespace, String key, Bytes sealed) {
    return Bytes.wrap(keys.open(place(namespace, key), sealed.unsafeArray()));
  }

  /** Whether another key than the present one encrypted it. */
  boolean isOld(Bytes sealed) {
    return keys.isOld(sealed.unsafeArray());
  }

  private static String place(String namespace, String key) {
    return namespace + "\0" + key;
  }
}
