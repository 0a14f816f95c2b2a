package io.vertebra.webhook;

import io.vertebra.kv.Bytes;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Base64;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Proves to a receiver who called, when, and with what.
 *
 * <p>Source: Standard Webhooks 1.0.0: HMAC-SHA-256 over id, timestamp and body with dots between.
 */
public final class WebhookSignature {
  public static final String ID = "webhook-id";
  public static final String TIMESTAMP = "webhook-timestamp";
  public static final String SIGNATURE = "webhook-signature";

  /** What a secret must be, as a phrase that follows a field's name. */
  public static final String RULE = "must be whsec_ and 24 to 64 bytes in base64";

  /** Longest secret. */
  public static final int MAX_LENGTH = 128;

  private static final String PREFIX = "whsec_";
  private static final Pattern SECRET = Pattern.compile(PREFIX + "[A-Za-z0-9+/]+={0,2}");
  private static final int MIN_BYTES = 24;
  private static final int MAX_BYTES = 64;

  private WebhookSignature() {}

  /** Whether a text is a secret as {@link #RULE} says. */
  public static boolean isSecret(String text) {
    if (!SECRET.matcher(text).matches()) {
      return false;
    }
    try {
      int length = key(text).length;
      return length >= MIN_BYTES && length <= MAX_BYTES;
    } catch (IllegalArgumentException malformed) {
      return false;
    }
  }

  private static byte[] key(String secret) {
    return Base64.getDecoder().decode(secret.substring(PREFIX.length()));
  }

  /**
   * The value of the header {@value #SIGNATURE}.
   *
   * @param secret {@code whsec_} and the key in base64
   * @param timestamp seconds since the epoch
   */
  public static String of(String secret, String id, long timestamp, Bytes body) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key(secret), "HmacSHA256"));
      mac.update((id + "." + timestamp + ".").getBytes(StandardCharsets.UTF_8));
      mac.update(body.unsafeArray());
      return "v1," + Base64.getEncoder().encodeToString(mac.doFinal());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java has HmacSHA256", e);
    }
  }
}
