package io.vertebra.http;

import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.HostAndPort;
import java.util.Locale;

/** Header fields that have browsers do less harm (OWASP HTTP Headers Cheat Sheet). */
public final class SecurityHeaders {
  private static final String TRANSPORT = "strict-transport-security";
  private static final String YEAR = "max-age=31536000";

  private SecurityHeaders() {}

  /** For answers of programs for programs, which no page shows and nobody keeps. */
  static void writeOwn(HttpServerRequest request) {
    MultiMap answer = request.response().headers();
    answer.set("x-content-type-options", "nosniff");
    answer.set("cache-control", "no-store");
    answer.set("content-security-policy", "default-src 'none'; frame-ancestors 'none'");
    answer.set("x-frame-options", "DENY");
    answer.set("referrer-policy", "no-referrer");
    answer.set("cross-origin-resource-policy", "same-origin");
    addTransport(request, answer);
  }

  /** For answers of others, which may say otherwise. */
  public static void addMissing(HttpServerRequest request) {
    MultiMap answer = request.response().headers();
    add(answer, "x-content-type-options", "nosniff");
    add(answer, "referrer-policy", "strict-origin-when-cross-origin");
    if (!answer.contains("content-security-policy")) {
      answer.set("content-security-policy", "frame-ancestors 'self'");
      add(answer, "x-frame-options", "SAMEORIGIN");
    }
    addTransport(request, answer);
  }

  /** Not for this machine itself, where it would bind every port that a browser knows. */
  private static void addTransport(HttpServerRequest request, MultiMap answer) {
    HostAndPort authority = request.authority();
    String host = authority == null ? "" : authority.host().toLowerCase(Locale.ROOT);
    if (request.isSSL() && !host.equals("localhost") && !host.endsWith(".localhost")) {
      add(answer, TRANSPORT, YEAR);
    }
  }

  private static void add(MultiMap answer, String name, String value) {
    if (!answer.contains(name)) {
      answer.set(name, value);
    }
  }
}
