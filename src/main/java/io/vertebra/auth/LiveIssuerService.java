package io.vertebra.auth;

import io.vertebra.api.Failure;
import io.vertebra.api.FailureCode;
import io.vertebra.auth.DocumentId.Kind;
import io.vertebra.auth.token.Claims;
import io.vertebra.auth.token.VerifyingKey;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;

/** Answers from what this node follows. */
final class LiveIssuerService implements IssuerService {
  private final LiveView view;
  private final AuthOptions options;
  private final Clock clock;

  LiveIssuerService(LiveView view, AuthOptions options, Clock clock) {
    this.view = view;
    this.options = options;
    this.clock = clock;
  }

  @Override
  public String issuer() {
    return options.issuer();
  }

  @Override
  public Duration skew() {
    return options.times().skew();
  }

  @Override
  public Optional<VerifyingKey> key(String id) {
    view.require();
    return view.verifyingKey(id);
  }

  @Override
  public void requireInForce(Claims claims) {
    view.require();
    if (isRevoked("token/" + claims.text("jti")) || isRevoked("session/" + claims.text("sid"))) {
      throw new Failure(FailureCode.UNAUTHENTICATED, "the token was revoked");
    }
    boolean ofApiKey = claims.text("sid").isEmpty();
    if (ofApiKey && ApiKeyService.find(view, claims.subject(), clock.millis()).isEmpty()) {
      throw new Failure(FailureCode.UNAUTHENTICATED, "the API key of the token was revoked");
    }
  }

  private boolean isRevoked(String name) {
    return view.find(Kind.REVOCATION, name, clock.millis()).isPresent();
  }
}
