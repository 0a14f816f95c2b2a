package io.vertebra.gateway;

import io.vertebra.api.AuditLog;
import io.vertebra.api.Failure;
import io.vertebra.api.FailureCode;
import io.vertebra.http.CorsOptions;
import io.vertebra.http.CrossSite;
import io.vertebra.http.SecurityHeaders;
import io.vertebra.route.RouteGuards;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.util.Locale;

/** Does for a route what browsers ask of a server, so that upstreams need not. */
final class BrowserGate {
  private static final String CORS_PREFIX = "access-control-";

  private final Gateway gateway;

  BrowserGate(Gateway gateway) {
    this.gateway = gateway;
  }

  /**
   * Looks at a request whose body has not been read.
   *
   * @param start goes on with it
   */
  void admit(Exchange exchange, Runnable start) {
    RouteGuards guards = exchange.target().route().guards();
    HttpServerRequest request = exchange.request();
    guards.cors().ifPresent(rules -> rules.mark(request));
    if (guards.cors().isPresent() && CorsOptions.isPreflight(request)) {
      exchange.answered(guards.cors().get().answerPreflight(request));
    } else if (guards.csrf().isPresent() && CrossSite.isForged(request, guards::trusts)) {
      String what =
          exchange.target().route().name() + ":" + request.method() + ":" + exchange.path();
      AuditLog.record(
          "gateway.cross-site",
          "nobody",
          gateway.forwarded().client(request),
          what,
          FailureCode.FORBIDDEN.label());
      exchange.refuse(
          new Failure(FailureCode.FORBIDDEN, "pages of another origin may not send this"));
    } else {
      start.run();
    }
  }

  /** Whether a field of an endpoint's answer gives way to what the route says. */
  static boolean replaces(Target target, String name) {
    return target.route().guards().cors().isPresent()
        && name.regionMatches(true, 0, CORS_PREFIX, 0, CORS_PREFIX.length());
  }

  /** Adds what the route wants of every answer and this one does not say. */
  static void complete(Target target, HttpServerRequest request) {
    if (target.route().guards().securityHeaders()) {
      SecurityHeaders.addMissing(request);
    }
  }

  /** Writes a field of an answer that was kept, which may have been for another origin. */
  static void replay(Target target, HttpServerResponse response, String name, String value) {
    boolean varies = name.toLowerCase(Locale.ROOT).equals("vary");
    if (varies && target.route().guards().cors().isPresent()) {
      response.headers().add(name, value);
    } else if (!replaces(target, name)) {
      response.putHeader(name, value);
    }
  }
}
