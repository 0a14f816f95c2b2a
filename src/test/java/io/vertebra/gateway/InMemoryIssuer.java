package io.vertebra.gateway;

import io.vertebra.api.Failure;
import io.vertebra.api.FailureCode;
import io.vertebra.auth.IssuerService;
import io.vertebra.auth.token.Algorithm;
import io.vertebra.auth.token.Claims;
import io.vertebra.auth.token.Forge;
import io.vertebra.auth.token.SigningKey;
import io.vertebra.auth.token.VerifyingKey;
import io.vertx.core.json.JsonObject;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Issues tokens as this cluster would. */
final class InMemoryIssuer implements IssuerService {
  static final String NAME = "http://localhost:8500";

  final SigningKey signer = Forge.key("k1", Algorithm.EDDSA);
  final Set<String> revoked = ConcurrentHashMap.newKeySet();
  volatile boolean known = true;
  volatile boolean withdrawn;
  private final Clock clock;

  InMemoryIssuer(Clock clock) {
    this.clock = clock;
  }

  /** Claims that are good for a minute. */
  JsonObject claims() {
    long now = clock.instant().getEpochSecond();
    return new JsonObject()
        .put("iss", NAME)
        .put("aud", "shop")
        .put("sub", "ann")
        .put("sid", "s1")
        .put("iat", now)
        .put("exp", now + 60);
  }

  String token() {
    return signer.sign(claims());
  }

  @Override
  public String issuer() {
    return NAME;
  }

  @Override
  public Duration skew() {
    return Duration.ofSeconds(5);
  }

  @Override
  public Optional<VerifyingKey> key(String id) {
    if (!known) {
      throw new Failure(FailureCode.UNAVAILABLE, "nothing is known yet");
    }
    return Optional.of(signer.publicKey()).filter(key -> !withdrawn && key.id().equals(id));
  }

  @Override
  public void requireInForce(Claims claims) {
    if (revoked.contains(claims.text("sid"))) {
      throw new Failure(FailureCode.UNAUTHENTICATED, "the token was revoked");
    }
  }
}
