package io.vertebra.gateway;

import io.vertx.core.MultiMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * The header fields that concern one connection alone and are never passed on. Source: RFC 9110
 * section 7.6.1 (Connection) and section 11.7 (proxy authentication).
 */
final class HopByHop {
  private HopByHop() {}

  /** Whether a field of this name stays on its connection, whatever {@code Connection} says. */
  static boolean contains(String name) {
    return switch (name.length()) {
      case 2 -> name.equalsIgnoreCase("te");
      case 7 -> name.equalsIgnoreCase("upgrade");
      case 10 -> name.equalsIgnoreCase("connection") || name.equalsIgnoreCase("keep-alive");
      case 14 -> name.equalsIgnoreCase("http2-settings");
      case 16 -> name.equalsIgnoreCase("proxy-connection");
      case 17 -> name.equalsIgnoreCase("transfer-encoding");
      case 18 -> name.equalsIgnoreCase("proxy-authenticate");
      case 19 -> name.equalsIgnoreCase("proxy-authorization");
      default -> false;
    };
  }

  /**
   * The further fields that {@code Connection} names, in lower case; usually none. Fields that
   * frame or address the message cannot be named away.
   */
  static Set<String> namedBy(MultiMap headers) {
    if (!headers.contains("connection")) {
      return Set.of();
    }
    List<String> values = headers.getAll("connection");
    if (values.size() == 1 && isPlain(values.get(0))) {
      return Set.of();
    }
    Set<String> names = new HashSet<>();
    for (String value : values) {
      for (String name : value.split(",", -1)) {
        names.add(name.strip().toLowerCase(Locale.ROOT));
      }
    }
    names.removeAll(Set.of("", "host", "content-length", "transfer-encoding", "authorization"));
    return names;
  }

  private static boolean isPlain(String value) {
    return value.equalsIgnoreCase("keep-alive") || value.equalsIgnoreCase("close");
  }
}
