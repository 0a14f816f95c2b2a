package io.vertebra.auth.token;

import java.math.BigInteger;
import java.util.Base64;
import java.util.Optional;

/** Base64url without padding (RFC 7515 section 2), of which each byte string has one form. */
public final class Base64Url {
  private static final Base64.Encoder ENCODER = Base64.getUrlEncoder().withoutPadding();

  private Base64Url() {}

  public static String encode(byte[] bytes) {
    return ENCODER.encodeToString(bytes);
  }

  /** The bytes of the one text that {@link #encode} makes of them; empty for any other text. */
  public static Optional<byte[]> decode(String text) {
    try {
      byte[] bytes = Base64.getUrlDecoder().decode(text);
      return encode(bytes).equals(text) ? Optional.of(bytes) : Optional.empty();
    } catch (IllegalArgumentException malformed) {
      return Optional.empty();
    }
  }

  /** A number that is not negative, in {@code length} bytes; in the fewest possible if 0. */
  static String encode(BigInteger number, int length) {
    byte[] bytes = number.toByteArray();
    int from = bytes.length > 1 && bytes[0] == 0 ? 1 : 0;
    int size = Math.max(length, bytes.length - from);
    byte[] fixed = new byte[size];
    System.arraycopy(bytes, from, fixed, size - (bytes.length - from), bytes.length - from);
    return encode(fixed);
  }
}
