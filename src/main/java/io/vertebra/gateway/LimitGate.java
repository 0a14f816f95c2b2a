package io.vertebra.gateway;

import io.vertebra.api.Failure;
import io.vertebra.auth.token.Claims;
import io.vertebra.gateway.token.ClaimHeaders;
import io.vertebra.limiter.KeyPart;
import io.vertebra.limiter.RateLimitFields;
import io.vertebra.limiter.RequestLimitService;
import io.vertebra.limiter.RequestLimitService.Passage;
import io.vertx.core.Future;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Holds the requests of a route to its limits, and tells clients of them. */
final class LimitGate {
  private final RequestLimitService limiter;
  private final Gateway gateway;

  LimitGate(RequestLimitService limiter, Gateway gateway) {
    this.limiter = limiter;
    this.gateway = gateway;
  }

  /**
   * Looks at a request whose body has not been read.
   *
   * @param start goes on with it
   */
  void admit(Exchange exchange, List<String> policies, Runnable start) {
    Future<Passage> asked = limiter.admit(policies, part -> value(exchange, part));
    asked
        .onSuccess(passage -> proceed(exchange, passage, start))
        .onFailure(exchange::refuseUnlessEnded);
  }

  private static void proceed(Exchange exchange, Passage passage, Runnable start) {
    boolean allowed = passage.admission().allowed();
    if (allowed) {
      exchange.whenEnded(passage.end());
    }
    if (exchange.hasEnded()) {
      return;
    }
    HttpServerResponse response = exchange.request().response();
    RateLimitFields.write(passage.admission(), response::putHeader);
    if (allowed) {
      start.run();
    } else {
      Failure refusal = RateLimitFields.refusal(passage.admission());
      exchange.refuse(refusal);
    }
  }

  private String value(Exchange exchange, KeyPart part) {
    HttpServerRequest request = exchange.request();
    String value =
        switch (part.kind()) {
          case CLIENT -> gateway.forwarded().client(request);
          case HEADER -> request.getHeader(part.name());
          case COOKIE -> Gateway.cookie(request, part.name());
          case ROUTE -> exchange.target().route().name();
          case API_KEY -> request.getHeader("x-api-key");
          case CLAIM -> claim(exchange, part.name());
          case FIELD, LITERAL -> null;
        };
    return orEmpty(value);
  }

  private static String claim(Exchange exchange, String name) {
    Claims claims = exchange.claims();
    return claims == null ? "" : ClaimHeaders.text(claims, name);
  }

  private static String orEmpty(@Nullable String value) {
    return value == null ? "" : value;
  }
}
