package io.vertebra.etcd;

import io.vertebra.kv.Bytes;
import java.util.Base64;

/**
 * Bytes as base64 with padding, in which line ends may stand anywhere.
 *
 * <p>Source: RFC 4648 section 4; what counts as the first wrong byte, Go's {@code encoding/base64}.
 */
final class Base64Text {
  private static final String ALPHABET =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

  private Base64Text() {}

  static String encode(Bytes bytes) {
    return Base64.getEncoder().encodeToString(bytes.unsafeArray());
  }

  static Bytes decode(String text) {
    int wrong = firstWrong(text);
    if (wrong >= 0) {
      throw EtcdException.invalid("illegal base64 data at input byte " + wrong);
    }
    boolean broken = text.indexOf('\n') >= 0 || text.indexOf('\r') >= 0;
    String line = broken ? text.replace("\n", "").replace("\r", "") : text;
    return Bytes.wrap(Base64.getDecoder().decode(line));
  }

  /** The index of what does not belong there; -1 if all does. */
  private static int firstWrong(String text) {
    int inGroup = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '=') {
        return wrongPadding(text, i, inGroup);
      }
      if (c != '\n' && c != '\r') {
        if (c > 'z' || ALPHABET.indexOf(c) < 0) {
          return i;
        }
        inGroup = (inGroup + 1) % 4;
      }
    }
    return inGroup == 0 ? -1 : text.length() - inGroup;
  }

  private static int wrongPadding(String text, int first, int inGroup) {
    int at = first;
    if (inGroup < 2) {
      return at;
    }
    if (inGroup == 2) {
      at = skipLineEnds(text, at + 1);
      if (at == text.length()) {
        return at;
      }
      if (text.charAt(at) != '=') {
        return at - 1;
      }
    }
    int rest = skipLineEnds(text, at + 1);
    return rest == text.length() ? -1 : rest;
  }

  private static int skipLineEnds(String text, int from) {
    int at = from;
    while (at < text.length() && (text.charAt(at) == '\n' || text.charAt(at) == '\r')) {
      at++;
    }
    return at;
  }
}
