package io.vertebra.consul;

import io.vertebra.kv.Bytes;
import java.util.Base64;
import java.util.Locale;

/**
 * One operation of a transaction on a key.
 *
 * @param index for those that compare it
 * @param session for those that lock, unlock or compare it
 */
record TxnStep(Verb verb, String key, Bytes value, long flags, long index, String session)
    implements TxnOperation {

  /** What is done with a key. */
  enum Verb {
    SET,
    CAS,
    LOCK,
    UNLOCK,
    GET,
    GET_TREE,
    CHECK_INDEX,
    CHECK_SESSION,
    CHECK_NOT_EXISTS,
    DELETE,
    DELETE_TREE,
    DELETE_CAS;

    boolean isOfTree() {
      return this == GET_TREE || this == DELETE_TREE;
    }
  }

  static TxnStep from(LenientJson json) {
    Verb verb = verb(json.text("Verb"));
    String key = json.text("Key");
    if (key.isEmpty() && !verb.isOfTree()) {
      throw ConsulException.badRequest("Missing key name");
    }
    Bytes value = value(json.text("Value"));
    KvEndpoints.requireFits(value.length());
    return new TxnStep(
        verb,
        KvEndpoints.checked(key),
        value,
        json.number("Flags"),
        json.number("Index"),
        json.text("Session"));
  }

  private static Verb verb(String text) {
    for (Verb verb : Verb.values()) {
      if (verb.name().toLowerCase(Locale.ROOT).replace('_', '-').equals(text)) {
        return verb;
      }
    }
    throw ConsulException.badRequest("unknown KV verb \"" + text + "\"");
  }

  private static Bytes value(String base64) {
    try {
      return Bytes.wrap(Base64.getDecoder().decode(base64));
    } catch (IllegalArgumentException e) {
      throw ConsulException.badRequest("Failed to parse body: a value must be base64");
    }
  }

  Pair pair() {
    return Pair.of(key, value, flags);
  }
}
