package io.vertebra.registry;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** How a check comes to its status. */
public sealed interface CheckDefinition {
  Duration MIN_INTERVAL = Duration.ofSeconds(1);
  Duration MAX_INTERVAL = Duration.ofDays(1);
  Duration DEFAULT_INTERVAL = Duration.ofSeconds(10);
  Duration MAX_TIMEOUT = Duration.ofMinutes(1);
  Duration DEFAULT_TIMEOUT = Duration.ofSeconds(10);
  int MAX_URL = 2_000;
  int MAX_BODY = 4_096;
  int MAX_HEADERS = 32;

  /** Somebody says so. */
  record Reported() implements CheckDefinition {}

  /**
   * Somebody says so again and again; critical once nobody did for long.
   *
   * @param ttl 1 s to 1 day
   */
  record Ttl(Duration ttl) implements CheckDefinition {
    public Ttl {
      requireRange(ttl, MIN_INTERVAL, MAX_INTERVAL, "/ttlMs");
    }
  }

  /**
   * The cluster asks a URL: 2xx is passing, 429 warning, all else critical.
   *
   * @param url {@code http} or {@code https}, at most 2,000 characters
   * @param method upper-case letters, at most 20
   * @param headers at most 32
   * @param body at most 4,096 characters
   * @param interval from one question to the next, 1 s to 1 day
   * @param timeout for the whole answer, 1 ms to 1 min
   * @param tlsSkipVerify whether any certificate will do
   */
  record Http(
      String url,
      String method,
      Map<String, List<String>> headers,
      String body,
      Duration interval,
      Duration timeout,
      boolean tlsSkipVerify)
      implements CheckDefinition {
    public Http {
      Map<String, List<String>> copy = new TreeMap<>();
      headers.forEach((name, values) -> copy.put(name, List.copyOf(values)));
      headers = Collections.unmodifiableMap(copy);
      List<String> all = new ArrayList<>();
      headers.forEach(
          (name, values) -> {
            all.add(name);
            all.addAll(values);
          });
      new Violations()
          .text(url, "/url", MAX_URL)
          .check(
              url.matches("(?i)https?://[^/?#\\s@]+([/?#]\\S*)?"),
              "/url",
              "must begin with http:// or https:// and a host")
          .check(method.matches("[A-Z]{1,20}"), "/method", "must be 1 to 20 upper-case letters")
          .texts(all, "/headers", 2 * MAX_HEADERS, Node.MAX_META_VALUE)
          .check(
              headers.keySet().stream()
                  .allMatch(name -> name.matches("[!#$%&'*+.^_`|~0-9A-Za-z-]+")),
              "/headers",
              "must have names of letters, digits and hyphens")
          .check(body.length() <= MAX_BODY, "/body", "must have at most 4096 characters")
          .throwIfAny();
      requireRange(interval, MIN_INTERVAL, MAX_INTERVAL, "/intervalMs");
      requireRange(timeout, Duration.ofMillis(1), MAX_TIMEOUT, "/timeoutMs");
    }

    /** Asks with {@code GET} as often as is usual. */
    public static Http get(String url) {
      return new Http(url, "GET", Map.of(), "", DEFAULT_INTERVAL, DEFAULT_TIMEOUT, false);
    }
  }

  /**
   * The cluster opens a connection: passing if that succeeds, else critical.
   *
   * @param address {@code host:port}, at most 300 characters
   * @param interval from one attempt to the next, 1 s to 1 day
   * @param timeout 1 ms to 1 min
   */
  record Tcp(String address, Duration interval, Duration timeout) implements CheckDefinition {
    public Tcp {
      new Violations()
          .text(address, "/tcp", 300)
          .check(address.matches("\\S+:[0-9]{1,5}"), "/tcp", "must be host:port")
          .throwIfAny();
      requireRange(interval, MIN_INTERVAL, MAX_INTERVAL, "/intervalMs");
      requireRange(timeout, Duration.ofMillis(1), MAX_TIMEOUT, "/timeoutMs");
    }
  }

  private static void requireRange(Duration value, Duration min, Duration max, String pointer) {
    new Violations()
        .check(
            value.compareTo(min) >= 0 && value.compareTo(max) <= 0,
            pointer,
            "must be " + min.toMillis() + " to " + max.toMillis())
        .throwIfAny();
  }
}
