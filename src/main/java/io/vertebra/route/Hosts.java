package io.vertebra.route;

import java.util.List;
import java.util.Locale;

/** How hosts are compared. */
final class Hosts {
  /** No host of a route matches. */
  static final int NONE = -1;

  private Hosts() {}

  /** The host in lower case, without port and without the dot of the root; the same if it is so. */
  static String normalized(String host) {
    int end = endOfName(host);
    if (end > 0 && host.charAt(end - 1) == '.') {
      end--;
    }
    return host.substring(0, end).toLowerCase(Locale.ROOT);
  }

  /**
   * How closely the closest of {@code patterns} describes a normalized host: {@link #NONE}, 0 for
   * any host, the length of a wildcard, or more for the host itself.
   */
  static int closeness(List<String> patterns, String host) {
    int closest = patterns.isEmpty() ? 0 : NONE;
    for (String pattern : patterns) {
      if (pattern.equals(host)) {
        return Integer.MAX_VALUE;
      }
      if (isWildcard(pattern) && isBelow(host, domain(pattern))) {
        closest = Math.max(closest, pattern.length());
      }
    }
    return closest;
  }

  static boolean isWildcard(String pattern) {
    return pattern.startsWith("*.");
  }

  /** {@code .example.com} of {@code *.example.com}. */
  static String domain(String wildcard) {
    return wildcard.substring(1);
  }

  private static boolean isBelow(String host, String domain) {
    return host.length() > domain.length() && host.endsWith(domain);
  }

  private static int endOfName(String host) {
    int colon = host.lastIndexOf(':');
    boolean isPort = colon >= 0 && host.indexOf(']', colon) < 0;
    boolean isBareAddress = isPort && host.indexOf(':') < colon && host.charAt(0) != '[';
    return isPort && !isBareAddress ? colon : host.length();
  }
}
