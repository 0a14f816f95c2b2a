package io.vertebra.http;

import org.jspecify.annotations.Nullable;

/** What media types a client prefers. Source: RFC 9110 section 12.5.1. */
final class Accepted {
  private Accepted() {}

  /**
   * Whether {@code type} is wanted more than {@code other}, which is given if both are as good or
   * the client does not say.
   */
  static boolean prefers(@Nullable String accept, String type, String other) {
    if (accept == null || accept.equals("*/*")) {
      return false;
    }
    return accept.equals(type) || quality(accept, type) > quality(accept, other);
  }

  /** 0 to 1,000 for a type, by the most specific range that it falls into. */
  private static int quality(String accept, String type) {
    int best = 0;
    int specific = -1;
    for (String range : accept.split(",", -1)) {
      int semicolon = range.indexOf(';');
      String name = (semicolon < 0 ? range : range.substring(0, semicolon)).strip();
      int closeness = closeness(name, type);
      if (closeness > specific) {
        specific = closeness;
        best = semicolon < 0 ? 1000 : quality(range.substring(semicolon));
      }
    }
    return best;
  }

  private static int closeness(String range, String type) {
    if (range.equalsIgnoreCase(type)) {
      return 2;
    }
    int slash = type.indexOf('/');
    boolean sameKind = range.regionMatches(true, 0, type, 0, slash + 1);
    if (sameKind && range.endsWith("/*") && range.length() == slash + 2) {
      return 1;
    }
    return range.equals("*/*") ? 0 : -1;
  }

  private static int quality(String parameters) {
    for (String parameter : parameters.split(";", -1)) {
      String text = parameter.strip();
      if (text.regionMatches(true, 0, "q=", 0, 2)) {
        try {
          return (int) (Math.min(1, Math.max(0, Double.parseDouble(text.substring(2)))) * 1000);
        } catch (NumberFormatException e) {
          return 0;
        }
      }
    }
    return 1000;
  }
}
