package io.vertebra.balancer;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.Locale;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Puts the id of an endpoint into a cookie that clients cannot forge: base64url(id), a dot and the
 * base64url of HMAC-SHA256 over the cookie's name and the id. It is signed, not hidden: a client
 * can read the endpoint's address. Safe for any thread.
 */
public final class StickyCookie {
  private static final String ALGORITHM = "HmacSHA256";
  private static final int MIN_KEY_BYTES = 16;
  private static final int MAX_VALUE_LENGTH = 512;
  private static final Base64.Encoder ENCODER = Base64.getUrlEncoder().withoutPadding();

  private final CookieOptions options;
  private final SecretKeySpec key;

  /**
   * @param key at least 16 bytes, the same on every node that shares clients
   */
  public StickyCookie(CookieOptions options, byte[] key) {
    if (key.length < MIN_KEY_BYTES) {
      throw new IllegalArgumentException("key must have at least " + MIN_KEY_BYTES + " bytes");
    }
    this.options = options;
    this.key = new SecretKeySpec(key, ALGORITHM);
  }

  public String name() {
    return options.name();
  }

  /** The cookie's value for an endpoint. */
  public String valueOf(String endpointId) {
    byte[] id = bytes(endpointId);
    return ENCODER.encodeToString(id) + "." + ENCODER.encodeToString(signature(id));
  }

  /** The endpoint's id, if the value is one that we signed. */
  public Optional<String> endpointOf(String value) {
    int dot = value.indexOf('.');
    if (dot < 1 || value.length() > MAX_VALUE_LENGTH) {
      return Optional.empty();
    }
    try {
      byte[] decoded = Base64.getUrlDecoder().decode(value.substring(0, dot));
      String id = new String(decoded, StandardCharsets.UTF_8);
      // The whole text is compared: base64 has several ways to write the last byte.
      return MessageDigest.isEqual(bytes(value), bytes(valueOf(id)))
          ? Optional.of(id)
          : Optional.empty();
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /** The value of a {@code Set-Cookie} header that ties the client to an endpoint. */
  public String setCookie(String endpointId) {
    StringBuilder header =
        new StringBuilder(options.name()).append('=').append(valueOf(endpointId));
    header.append("; Path=/");
    options.ttl().ifPresent(ttl -> header.append("; Max-Age=").append(ttl.toSeconds()));
    header.append(options.secure() ? "; Secure" : "").append("; HttpOnly; SameSite=");
    return header.append(capitalised(options.sameSite())).toString();
  }

  private byte[] signature(byte[] id) {
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(key);
      mac.update(bytes(options.name() + "="));
      return mac.doFinal(id);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JVM has " + ALGORITHM, e);
    }
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static String capitalised(CookieOptions.SameSite sameSite) {
    return sameSite.name().charAt(0) + sameSite.name().substring(1).toLowerCase(Locale.ROOT);
  }
}
