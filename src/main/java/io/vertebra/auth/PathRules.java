package io.vertebra.auth;

import io.vertebra.auth.Permission.Asked;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What one must be permitted to use a path that is no operation of the native API. */
final class PathRules {
  private static final Set<String> READING_METHODS = Set.of("GET", "HEAD", "OPTIONS");
  private static final List<String> OPEN = List.of("/.well-known/", "/oauth2/");
  private static final Set<String> FOR_ALL = Set.of("/openapi.json", "/docs", "/version");
  private static final Pattern BACKUPS = Pattern.compile("/api/v1/(kv|queues):(backup|restore)");
  private static final List<String> ETCD = List.of("/v3/", "/v3beta/");
  private static final Set<String> ETCD_READS =
      Set.of(
          "kv/range",
          "watch",
          "lease/timetolive",
          "lease/leases",
          "kv/lease/timetolive",
          "kv/lease/leases",
          "cluster/member/list",
          "maintenance/status",
          "maintenance/hash");

  private static final Set<String> ETCD_STREAMS = Set.of("watch", "lease/keepalive");
  private static final String CONSUL = "/v1/";
  private static final String CONSUL_KV = "/v1/kv/";

  /** Its requests become operations of queues. */
  private static final Pattern SQS = Pattern.compile("(/sqs)?(/|/[0-9]{12}/[^/]+)?");

  private PathRules() {}

  /** Whether a request may last: a stream of etcd, or a blocking query of Consul. */
  static boolean mayLast(String method, String path) {
    boolean stream =
        ETCD.stream()
            .anyMatch(
                prefix ->
                    path.startsWith(prefix)
                        && ETCD_STREAMS.contains(withoutSlash(path.substring(prefix.length()))));
    return stream || (READING_METHODS.contains(method) && path.startsWith(CONSUL));
  }

  /** What a router takes for the same path: it does not mind one slash at the end. */
  private static String withoutSlash(String path) {
    return path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
  }

  /** What a path needs. */
  enum Need {
    NOTHING,
    /** The operation asks for itself. */
    OPERATION,
    /** To be anybody who is known. */
    IDENTITY,
    PERMISSION
  }

  /**
   * What is needed.
   *
   * @param asked if it is a permission
   */
  record Rule(Need need, Optional<Asked> asked) {
    static Rule of(Need need) {
      return new Rule(need, Optional.empty());
    }

    static Rule of(String concern, String action, String name) {
      return new Rule(Need.PERMISSION, Optional.of(new Asked(concern, action, name)));
    }
  }

  static Rule rule(String method, String path) {
    String action = READING_METHODS.contains(method) ? "read" : "write";
    if (OPEN.stream().anyMatch(path::startsWith)) {
      return Rule.of(Need.NOTHING);
    }
    Matcher backups = BACKUPS.matcher(path);
    if (backups.lookingAt()) {
      return Rule.of(backups.group(1), "admin", "");
    }
    if (path.startsWith("/api/v1/services:http-sd") || path.startsWith("/prometheus/")) {
      return Rule.of("services", "read", "");
    }
    if (path.startsWith("/api/v1/") || path.startsWith("/spring/")) {
      return Rule.of(Need.OPERATION);
    }
    if (method.equals("POST") && SQS.matcher(path).matches()) {
      return Rule.of(Need.OPERATION);
    }
    if (FOR_ALL.contains(withoutSlash(path))) {
      return Rule.of(Need.IDENTITY);
    }
    if (withoutSlash(path).equals("/metrics")) {
      return Rule.of("metrics", "read", "");
    }
    return compatible(action, path);
  }

  private static Rule compatible(String action, String path) {
    for (String prefix : ETCD) {
      if (path.startsWith(prefix)) {
        String method = withoutSlash(path.substring(prefix.length()));
        return Rule.of("kv", ETCD_READS.contains(method) ? "read" : "write", "");
      }
    }
    if (path.startsWith(CONSUL_KV)) {
      return Rule.of("kv", action, decoded(path.substring(CONSUL_KV.length())) + "*");
    }
    if (path.equals(withoutSlash(CONSUL_KV))) {
      return Rule.of("kv", action, "*");
    }
    if (withoutSlash(path).equals("/v1/txn")) {
      return Rule.of("kv", "write", "");
    }
    if (path.startsWith(CONSUL)) {
      return Rule.of("consul", action, named(path.substring(CONSUL.length())));
    }
    return Rule.of("http", action, path);
  }

  /** With a slash at its end a path is the one without, or has a name that ends so: both. */
  private static String named(String rest) {
    return rest.endsWith("/") ? withoutSlash(rest) + "*" : rest;
  }

  /** A path may hold any number of keys, so all that begin with it are asked for. */
  private static String decoded(String rest) {
    try {
      return URLDecoder.decode(rest.replace("+", "%2B"), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException malformed) {
      return "";
    }
  }
}
