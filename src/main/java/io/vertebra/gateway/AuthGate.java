package io.vertebra.gateway;

import static io.vertebra.api.FailureCode.FORBIDDEN;
import static io.vertebra.api.FailureCode.INVALID;
import static io.vertebra.api.FailureCode.UNAUTHENTICATED;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertebra.api.AuditLog;
import io.vertebra.api.Failure;
import io.vertebra.auth.token.Claims;
import io.vertebra.gateway.token.TokenVerifier;
import io.vertebra.route.RouteAuth;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Lets the requests of a route pass that carry a token it believes (RFC 6750). */
final class AuthGate {
  private static final String SCHEME = "bearer ";

  private final Gateway gateway;
  private final Map<Result, Counter> results = new EnumMap<>(Result.class);

  /** How it ended, the label of the metric. */
  private enum Result {
    OK,
    /** There was none, and need not be. */
    NONE,
    MISSING,
    INVALID,
    INSUFFICIENT_SCOPE,
    UNAVAILABLE
  }

  AuthGate(Gateway gateway, MeterRegistry meters) {
    this.gateway = gateway;
    for (Result each : Result.values()) {
      Counter counter =
          Counter.builder("vertebra.gateway.tokens")
              .description("Requests of routes that want a token, by what became of it")
              .tag("result", each.name().toLowerCase(Locale.ROOT))
              .register(meters);
      results.put(each, counter);
    }
  }

  /**
   * Looks at a request whose body has not been read.
   *
   * @param start goes on with it
   */
  void admit(Exchange exchange, RouteAuth auth, TokenVerifier verifier, Runnable start) {
    List<String> given = exchange.request().headers().getAll(HttpHeaders.AUTHORIZATION);
    Optional<String> token = given.stream().findFirst().flatMap(AuthGate::bearer);
    if (given.size() > 1) {
      Failure twice = new Failure(INVALID, "there must be one header Authorization");
      refuse(exchange, Result.INVALID, "invalid_request", "unproven", twice);
    } else if (token.isPresent()) {
      verifier
          .verify(token.get())
          .onSuccess(claims -> decide(exchange, auth, claims, start))
          .onFailure(cause -> refuse(exchange, cause));
    } else if (auth.optional()) {
      count(Result.NONE);
      start.run();
    } else {
      Failure missing =
          new Failure(UNAUTHENTICATED, "the header Authorization must carry a bearer token");
      refuse(exchange, Result.MISSING, "", "nobody", missing);
    }
  }

  private static Optional<String> bearer(String authorization) {
    return authorization.regionMatches(true, 0, SCHEME, 0, SCHEME.length())
        ? Optional.of(authorization.substring(SCHEME.length()))
        : Optional.empty();
  }

  private void decide(Exchange exchange, RouteAuth auth, Claims claims, Runnable start) {
    if (exchange.hasEnded()) {
      return;
    }
    Set<String> missing = new HashSet<>(auth.scopes());
    missing.removeAll(claims.scopes());
    if (!missing.isEmpty()) {
      String scopes = String.join(" ", auth.scopes());
      String error = "insufficient_scope\", scope=\"" + scopes;
      Failure lacking = new Failure(FORBIDDEN, "the token must have the scopes " + scopes);
      refuse(exchange, Result.INSUFFICIENT_SCOPE, error, claims.subject(), lacking);
      return;
    }
    try {
      exchange.identified(claims, exchange.target().claimHeaders().of(claims));
    } catch (Failure tooLong) {
      refuse(exchange, Result.INVALID, "", claims.subject(), tooLong);
      return;
    }
    count(Result.OK);
    start.run();
  }

  private void refuse(Exchange exchange, Throwable cause) {
    if (!exchange.hasEnded()) {
      Failure failure = Failure.of(cause);
      boolean bad = failure.code() == UNAUTHENTICATED;
      Result result = bad ? Result.INVALID : Result.UNAVAILABLE;
      refuse(exchange, result, bad ? "invalid_token" : "", "unproven", failure);
    }
  }

  /**
   * @param error that of RFC 6750 section 3.1; empty for none
   */
  private void refuse(Exchange exchange, Result result, String error, String who, Failure failure) {
    count(result);
    HttpServerRequest request = exchange.request();
    String what = exchange.target().route().name() + ":" + request.method() + ":" + exchange.path();
    AuditLog.record(
        "gateway.token", who, gateway.forwarded().client(request), what, failure.code().label());
    if (result != Result.UNAVAILABLE) {
      String challenge = error.isEmpty() ? "Bearer" : "Bearer error=\"" + error + "\"";
      request.response().putHeader("www-authenticate", challenge);
    }
    exchange.refuse(failure);
  }

  private void count(Result result) {
    Counter counter = results.get(result);
    if (counter != null) {
      counter.increment();
    }
  }
}
