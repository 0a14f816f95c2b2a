package io.vertebra.session;

import io.vertebra.api.Fields;
import io.vertebra.api.Value;
import java.nio.ByteBuffer;
import java.util.Base64;
import java.util.regex.Pattern;

/** The names of sessions: 32 bytes in base64url. */
final class Handles {
  static final int LENGTH = 43;

  private static final Pattern HANDLE = Pattern.compile("[A-Za-z0-9_-]{43}");

  private Handles() {}

  static Value<String> read(Fields fields, String name) {
    return fields
        .text(name, LENGTH, LENGTH)
        .matching(text -> HANDLE.matcher(text).matches(), "must be a handle");
  }

  /** The lease of a session in the store: 63 bits of its handle, never 0. */
  static long lease(String handle) {
    long bits = ByteBuffer.wrap(Base64.getUrlDecoder().decode(handle)).getLong();
    return Math.max(1, bits >>> 1);
  }
}
