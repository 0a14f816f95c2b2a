package io.vertebra.gateway;

import io.vertebra.gateway.token.TokenVerifier;
import io.vertebra.route.Route;
import io.vertebra.route.RouteAuth;
import io.vertebra.route.RouteIdempotency;
import java.util.Optional;

/** What a request passes before it is forwarded: first who it is, then whether it is too much. */
final class Gates {
  private final BrowserGate browsers;
  private final AuthGate auth;
  private final LimitGate limits;
  private final OnceGate once;

  Gates(BrowserGate browsers, AuthGate auth, LimitGate limits, OnceGate once) {
    this.browsers = browsers;
    this.auth = auth;
    this.limits = limits;
    this.once = once;
  }

  /**
   * Looks at a request whose body has not been read.
   *
   * @param start forwards it
   */
  void admit(Exchange exchange, Runnable start) {
    if (exchange.hasEnded()) {
      return;
    }
    browsers.admit(exchange, () -> identify(exchange, start));
  }

  private void identify(Exchange exchange, Runnable start) {
    Optional<RouteAuth> rule = exchange.target().route().guards().auth();
    Optional<TokenVerifier> verifier = exchange.target().verifier();
    if (rule.isPresent() && verifier.isPresent()) {
      auth.admit(exchange, rule.get(), verifier.get(), () -> limit(exchange, start));
    } else {
      limit(exchange, start);
    }
  }

  private void limit(Exchange exchange, Runnable start) {
    Route route = exchange.target().route();
    if (route.limit().isEmpty()) {
      once(exchange, start);
    } else if (!exchange.hasEnded()) {
      limits.admit(exchange, route.limit(), () -> once(exchange, start));
    }
  }

  private void once(Exchange exchange, Runnable start) {
    Optional<RouteIdempotency> policy = exchange.target().route().idempotency();
    if (policy.isPresent() && !exchange.hasEnded()) {
      once.admit(exchange, policy.get(), start);
    } else {
      start.run();
    }
  }
}
