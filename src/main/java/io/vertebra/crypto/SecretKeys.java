package io.vertebra.crypto;

import io.vertebra.api.Failure;
import io.vertebra.api.FailureCode;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * The secrets that the nodes of a cluster share and the store does not hold: what they seal is
 * worth nothing to who has the store alone, and what they vouch for nobody else can make. Each use
 * has a key of its own, derived from the one given.
 *
 * <p>Source: NIST SP 800-38D (AES-256-GCM, random nonces of 96 bits), RFC 5869 (HKDF's expand
 * step).
 */
public final class SecretKeys {
  private static final int KEY_BYTES = 32;
  private static final int NONCE_BYTES = 12;
  private static final int TAG_BITS = 128;
  private static final int MAX_ID_LENGTH = 40;
  private static final String SEAL = "seal";

  private final SecureRandom random = new SecureRandom();
  private final Map<String, byte[]> keys = new LinkedHashMap<>();
  private final String concern;

  /**
   * @param concern whose they are: no other one makes the same of the same keys
   * @param written keys as {@code id:base64} of 32 bytes; the first one is used for what is new
   * @throws Failure {@code INVALID} if one is no such key
   */
  public SecretKeys(String concern, List<String> written) {
    this.concern = concern;
    for (String each : written) {
      int colon = each.indexOf(':');
      String id = each.substring(0, Math.max(colon, 0));
      require(
          id.matches("[A-Za-z0-9_-]{1," + MAX_ID_LENGTH + "}"),
          "must have an id before a colon in each");
      require(
          keys.put(id, bytes(each.substring(colon + 1).strip())) == null,
          "must have ids that differ");
    }
  }

  private static byte[] bytes(String base64) {
    byte[] bytes;
    try {
      bytes = Base64.getDecoder().decode(base64);
    } catch (IllegalArgumentException e) {
      bytes = new byte[0];
    }
    require(bytes.length == KEY_BYTES, "must have 32 bytes in base64 after the colon in each");
    return bytes;
  }

  private static void require(boolean holds, String detail) {
    if (!holds) {
      throw Failure.invalid("/secretKeys", detail);
    }
  }

  public boolean isEmpty() {
    return keys.isEmpty();
  }

  /** What is wrong with a secret where a concern has no keys. */
  public static String needed(String concern) {
    return "needs a key to encrypt with: set "
        + concern
        + ".secretKeys or "
        + concern
        + ".secretKeyFile";
  }

  /** The id of the key for what is new; {@code INVALID} if there is none. */
  public String first() {
    if (keys.isEmpty()) {
      throw Failure.invalid("/secret", needed(concern));
    }
    return keys.keySet().iterator().next();
  }

  /**
   * A code that only who has these keys can make.
   *
   * @param id of the key; {@code UNAVAILABLE} if it is not here
   * @param use for which it is good and no other
   */
  public byte[] mac(String id, String use, String text) {
    return hmac(derived(id, use), text.getBytes(StandardCharsets.UTF_8));
  }

  /**
   * Encrypts with the first key.
   *
   * @param what it is, which is authenticated with it
   */
  public byte[] seal(String what, byte[] clear) {
    byte[] id = first().getBytes(StandardCharsets.UTF_8);
    byte[] nonce = new byte[NONCE_BYTES];
    random.nextBytes(nonce);
    byte[] sealed = crypt(Cipher.ENCRYPT_MODE, first(), what, nonce, clear);
    return ByteBuffer.allocate(1 + id.length + NONCE_BYTES + sealed.length)
        .put((byte) id.length)
        .put(id)
        .put(nonce)
        .put(sealed)
        .array();
  }

  /** The same as text. */
  public String sealText(String what, byte[] clear) {
    return Base64.getEncoder().encodeToString(seal(what, clear));
  }

  /**
   * Decrypts; {@code UNAVAILABLE} if the key is not here.
   *
   * @param what the same as when it was sealed
   */
  public byte[] open(String what, byte[] sealed) {
    String id = keyId(what, sealed);
    byte[] nonce = Arrays.copyOfRange(sealed, 1 + sealed[0], 1 + sealed[0] + NONCE_BYTES);
    byte[] rest = Arrays.copyOfRange(sealed, 1 + sealed[0] + NONCE_BYTES, sealed.length);
    return crypt(Cipher.DECRYPT_MODE, id, what, nonce, rest);
  }

  /** The same of text. */
  public byte[] openText(String what, String sealed) {
    byte[] bytes;
    try {
      bytes = Base64.getDecoder().decode(sealed);
    } catch (IllegalArgumentException malformed) {
      throw damaged(what);
    }
    return open(what, bytes);
  }

  /** Whether another key than the present one encrypted it. */
  public boolean isOld(byte[] sealed) {
    return !keyId("it", sealed).equals(first());
  }

  private static String keyId(String what, byte[] sealed) {
    boolean whole =
        sealed.length > 0
            && sealed[0] > 0
            && sealed.length >= 1 + sealed[0] + NONCE_BYTES + TAG_BITS / 8;
    if (!whole) {
      throw damaged(what);
    }
    return new String(sealed, 1, sealed[0], StandardCharsets.UTF_8);
  }

  private byte[] crypt(int mode, String id, String what, byte[] nonce, byte[] data) {
    SecretKeySpec key = new SecretKeySpec(derived(id, SEAL), "AES");
    try {
      Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
      cipher.init(mode, key, new GCMParameterSpec(TAG_BITS, nonce));
      cipher.updateAAD(what.getBytes(StandardCharsets.UTF_8));
      return cipher.doFinal(data);
    } catch (GeneralSecurityException e) {
      throw damaged(what);
    }
  }

  private static Failure damaged(String what) {
    return new Failure(
        FailureCode.INTERNAL,
        what.replace('\0', ' ') + " cannot be decrypted: it was changed, or the key");
  }

  private byte[] derived(String id, String use) {
    byte[] key = keys.get(id);
    if (key == null) {
      throw new Failure(FailureCode.UNAVAILABLE, "this node has no secret key " + id);
    }
    return hmac(key, ("vertebra " + concern + " " + use + "\1").getBytes(StandardCharsets.UTF_8));
  }

  private static byte[] hmac(byte[] key, byte[] data) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key, "HmacSHA256"));
      return mac.doFinal(data);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java has HmacSHA256", e);
    }
  }

  /** The keys stay out of logs. */
  @Override
  public String toString() {
    return "SecretKeys" + keys.keySet();
  }
}
