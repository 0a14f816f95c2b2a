package io.vertebra.idempotency;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.vertebra.kv.Bytes;
import io.vertebra.kv.KeyRange;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * The keys of the store for one piece of work: its entry, its place in the order of what expires,
 * and the bytes that its scope takes.
 *
 * @param place scope and hash of the key, which is no longer than a key of the store may be
 */
record EntryKeys(String scope, String place) {
  private static final String ENTRY = "\0idempotency/";
  private static final String END = "\0idempotency-end/";
  private static final String BYTES = "\0idempotency-bytes/";
  private static final int HEX_DIGITS = 16;

  static EntryKeys of(Subject subject) {
    String hash = HexFormat.of().formatHex(sha256(subject.key()));
    return new EntryKeys(subject.scope(), subject.scope() + "\0" + hash);
  }

  /** Those that an {@link #end} belongs to. */
  static EntryKeys ofEnd(Bytes end) {
    String place = new String(end.unsafeArray(), UTF_8).substring(END.length() + HEX_DIGITS);
    return new EntryKeys(place.substring(0, place.indexOf('\0')), place);
  }

  Bytes entry() {
    return Bytes.utf8(ENTRY + place);
  }

  Bytes end(long expiresAtMs) {
    return Bytes.utf8(END + HexFormat.of().toHexDigits(expiresAtMs) + place);
  }

  Bytes bytes() {
    return Bytes.utf8(BYTES + scope);
  }

  /** The ends of all that expired by some time. */
  static KeyRange expiredBy(long nowMs) {
    return new KeyRange(Bytes.utf8(END), Bytes.utf8(END + HexFormat.of().toHexDigits(nowMs + 1)));
  }

  static byte[] sha256(String text) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(text.getBytes(UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
