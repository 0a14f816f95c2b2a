package io.vertebra.http;

import io.vertebra.api.Failure;

/**
 * Makes the path of a request mean one thing. What a router matches and what a server behind us
 * opens must be the same, or a rule on {@code /admin} is passed by {@code /a/../admin}.
 *
 * <p>Source: RFC 3986 section 5.2.4 (dot segments), section 6.2.2.3.
 */
public final class RequestPath {
  private RequestPath() {}

  /**
   * The path without dot segments, plain or percent-encoded. An encoded slash stays encoded and is
   * no separator. What needs no change is returned as it is.
   *
   * @param rawPath begins with a slash; without query
   * @throws Failure {@code INVALID} if it has no leading slash, an escape that is none, an encoded
   *     NUL or a backslash
   */
  public static String normalise(String rawPath) {
    if (rawPath.isEmpty() || rawPath.charAt(0) != '/') {
      throw Failure.invalid("", "the path must begin with a slash");
    }
    boolean dots = false;
    char before = 0;
    for (int i = 0; i < rawPath.length(); i++) {
      char letter = rawPath.charAt(i);
      if (letter == '%') {
        int octet = octet(rawPath, i);
        if (octet == 0) {
          throw Failure.invalid("", "the path must not hold %00");
        }
        dots |= octet == '.' && before == '/';
      } else if (letter == '\\') {
        throw Failure.invalid("", "the path must not hold a backslash");
      } else {
        dots |= letter == '.' && before == '/';
      }
      before = letter;
    }
    return dots ? withoutDotSegments(rawPath) : rawPath;
  }

  /** What an escape stands for. */
  static int octet(String path, int percent) {
    int high = percent + 2 < path.length() ? Character.digit(path.charAt(percent + 1), 16) : -1;
    int low = percent + 2 < path.length() ? Character.digit(path.charAt(percent + 2), 16) : -1;
    if (high < 0 || low < 0) {
      throw Failure.invalid("", "the path must have two hex digits after each %");
    }
    return high << 4 | low;
  }

  private static String withoutDotSegments(String path) {
    StringBuilder result = new StringBuilder(path.length());
    int start = 1;
    while (start <= path.length()) {
      int slash = path.indexOf('/', start);
      int end = slash < 0 ? path.length() : slash;
      int dots = dots(path, start, end);
      if (dots == 2) {
        result.setLength(Math.max(0, result.lastIndexOf("/")));
      } else if (dots == 0) {
        result.append('/').append(path, start, end);
      }
      if (slash < 0 && dots > 0) {
        result.append('/');
      }
      start = end + 1;
    }
    return result.toString();
  }

  /** 1 or 2 for a segment of so many dots, 0 for any other. */
  private static int dots(String path, int start, int end) {
    int dots = 0;
    int at = start;
    while (at < end) {
      if (path.charAt(at) == '.') {
        at++;
      } else if (path.regionMatches(true, at, "%2e", 0, 3)) {
        at += 3;
      } else {
        return 0;
      }
      dots++;
    }
    return dots > 2 ? 0 : dots;
  }
}
