package io.vertebra.sqs;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * The digests by which clients see that nothing was changed on the way. They guard against
 * accidents alone.
 *
 * <p>Source: Amazon SQS Developer Guide, "Calculating the MD5 message digest for message
 * attributes".
 */
final class Md5 {
  private final MessageDigest digest;

  Md5() {
    try {
      digest = MessageDigest.getInstance("MD5");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has MD5", e);
    }
  }

  /** Of a body. */
  static String of(byte[] bytes) {
    Md5 whole = new Md5();
    whole.digest.update(bytes);
    return whole.hex();
  }

  @CanIgnoreReturnValue
  Md5 text(String text) {
    return sized(text.getBytes(StandardCharsets.UTF_8));
  }

  /** The length in four bytes, and the bytes. */
  @CanIgnoreReturnValue
  Md5 sized(byte[] bytes) {
    digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(bytes.length).flip());
    digest.update(bytes);
    return this;
  }

  @CanIgnoreReturnValue
  Md5 octet(int value) {
    digest.update((byte) value);
    return this;
  }

  String hex() {
    return HexFormat.of().formatHex(digest.digest());
  }
}
