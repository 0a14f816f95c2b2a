package io.vertebra.auth;

import io.vertebra.auth.token.Base64Url;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;

/** Random names and secrets, and hashes of secrets that nobody could guess anyway. */
final class Digests {
  private static final SecureRandom RANDOM = new SecureRandom();

  private Digests() {}

  static byte[] randomBytes(int length) {
    byte[] bytes = new byte[length];
    RANDOM.nextBytes(bytes);
    return bytes;
  }

  /** In base64url. */
  static String random(int bytes) {
    return Base64Url.encode(randomBytes(bytes));
  }

  /** The SHA-256 of a text, in base64url. */
  static String of(String text) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      return Base64Url.encode(digest.digest(text.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  /** In a time that does not tell how much of it is right. */
  static boolean areEqual(String one, String other) {
    return MessageDigest.isEqual(
        one.getBytes(StandardCharsets.UTF_8), other.getBytes(StandardCharsets.UTF_8));
  }
}
