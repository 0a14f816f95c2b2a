package io.vertebra.session;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.vertebra.api.Failure;
import io.vertebra.api.Fields;
import io.vertebra.api.Value;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.regex.Pattern;

/**
 * The secret by which its owner proves to be in a session. It is told to the owner alone and kept
 * nowhere; everything else names a session by its handle.
 *
 * <p>Source: the OWASP Session Management Cheat Sheet, which wants 64 bits of entropy at least, and
 * ASVS 5 section 7.2.3, which wants 128.
 *
 * @param text 32 to 128 characters of base64url; one of ours is 192 random bits
 */
public record SessionId(String text) {
  /** Where the id travels over HTTP, for it must not be in an address. */
  public static final String HEADER = "Session-Id";

  static final int MIN_LENGTH = 32;
  static final int MAX_LENGTH = 128;

  private static final int RANDOM_BYTES = 24;
  private static final int MAX_RANDOM_BYTES = 96;
  private static final Pattern BASE64URL = Pattern.compile("[A-Za-z0-9_-]*");
  private static final SecureRandom RANDOM = new SecureRandom();

  public SessionId {
    if (!isId(text)) {
      throw Failure.invalid("/sessionId", "must be 32 to 128 characters of base64url");
    }
  }

  /** One that nobody can guess. */
  public static SessionId random() {
    return random(RANDOM_BYTES);
  }

  /**
   * A longer one.
   *
   * @param wanted bytes of it; a number out of bounds stands for the next within, 24 to 96
   */
  public static SessionId random(int wanted) {
    byte[] bytes = new byte[Math.max(RANDOM_BYTES, Math.min(MAX_RANDOM_BYTES, wanted))];
    RANDOM.nextBytes(bytes);
    return new SessionId(Base64.getUrlEncoder().withoutPadding().encodeToString(bytes));
  }

  /** Whether a text can be one, whatever its length may otherwise be in a cookie. */
  public static boolean isId(String text) {
    return text.length() >= MIN_LENGTH
        && text.length() <= MAX_LENGTH
        && BASE64URL.matcher(text).matches();
  }

  /** By which others name the session: SHA-256 in base64url, from which nobody finds the id. */
  public String handle() {
    return hash(text);
  }

  static String hash(String text) {
    try {
      byte[] hash = MessageDigest.getInstance("SHA-256").digest(text.getBytes(UTF_8));
      return Base64.getUrlEncoder().withoutPadding().encodeToString(hash);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  static Value<String> read(Fields fields, String name) {
    return fields
        .text(name, MIN_LENGTH, MAX_LENGTH)
        .matching(SessionId::isId, "must be base64url")
        .secret();
  }

  static String required(Fields fields) {
    return read(fields, "sessionId")
        .about("The secret id; over HTTP the header Session-Id.")
        .required();
  }

  /** Without the secret, so that no log gets it. */
  @Override
  public String toString() {
    return "SessionId[handle=" + handle() + "]";
  }
}
