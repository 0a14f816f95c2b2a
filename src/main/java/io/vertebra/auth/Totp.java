package io.vertebra.auth;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.OptionalLong;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * One-time codes of six digits that change every 30 s.
 *
 * <p>Source: RFC 6238 with SHA-1, RFC 4226 section 5.3.
 */
final class Totp {
  static final int SECRET_BYTES = 20;
  private static final long STEP_SECONDS = 30;
  private static final int MODULUS = 1_000_000;
  private static final String BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

  private Totp() {}

  /** The code of a step. */
  static String code(byte[] secret, long step) {
    byte[] hash = hmac(secret, ByteBuffer.allocate(8).putLong(step).array());
    int offset = hash[hash.length - 1] & 0xf;
    int number = ByteBuffer.wrap(hash, offset, 4).getInt() & 0x7fffffff;
    return "%06d".formatted(number % MODULUS);
  }

  /**
   * The step whose code it is, of the present one and those right before and after, if it is later
   * than {@code lastUsed}; so no code is good twice.
   */
  static OptionalLong match(byte[] secret, String code, Instant now, long lastUsed) {
    long present = now.getEpochSecond() / STEP_SECONDS;
    OptionalLong found = OptionalLong.empty();
    for (long step = present - 1; step <= present + 1; step++) {
      if (Digests.areEqual(code(secret, step), code) && step > lastUsed) {
        found = OptionalLong.of(step);
      }
    }
    return found;
  }

  /** The secret as apps take it (RFC 4648 section 6, no padding). */
  static String base32(byte[] bytes) {
    StringBuilder text = new StringBuilder();
    int buffer = 0;
    int bits = 0;
    for (byte octet : bytes) {
      buffer = (buffer << 8) | (octet & 0xff);
      bits += 8;
      while (bits >= 5) {
        bits -= 5;
        text.append(BASE32.charAt((buffer >> bits) & 31));
      }
    }
    return bits == 0
        ? text.toString()
        : text.append(BASE32.charAt((buffer << (5 - bits)) & 31)).toString();
  }

  private static byte[] hmac(byte[] secret, byte[] data) {
    try {
      Mac mac = Mac.getInstance("HmacSHA1");
      mac.init(new SecretKeySpec(secret, "HmacSHA1"));
      return mac.doFinal(data);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java has HmacSHA1", e);
    }
  }
}
