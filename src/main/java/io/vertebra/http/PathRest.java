package io.vertebra.http;

import io.vertebra.api.Failure;
import io.vertx.core.buffer.Buffer;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** What follows the fixed part of a path, when it is a name of any bytes. */
public final class PathRest {
  private PathRest() {}

  /**
   * The rest decoded once: a text if it is UTF-8, else a buffer. Nothing is normalised, so {@code
   * //} and dots stay.
   *
   * @param rest of a request target, thus ASCII
   * @throws Failure {@code INVALID} if an escape is none
   */
  public static Object decode(String rest) {
    if (rest.indexOf('%') < 0) {
      return rest;
    }
    byte[] bytes = new byte[rest.length()];
    int length = 0;
    for (int at = 0; at < rest.length(); at++) {
      boolean escape = rest.charAt(at) == '%';
      bytes[length++] = (byte) (escape ? RequestPath.octet(rest, at) : rest.charAt(at));
      at += escape ? 2 : 0;
    }
    try {
      ByteBuffer decoded = ByteBuffer.wrap(bytes, 0, length);
      return StandardCharsets.UTF_8.newDecoder().decode(decoded).toString();
    } catch (CharacterCodingException noText) {
      return Buffer.buffer(length).appendBytes(bytes, 0, length);
    }
  }
}
