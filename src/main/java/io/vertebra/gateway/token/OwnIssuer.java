package io.vertebra.gateway.token;

import io.vertebra.api.Failure;
import io.vertebra.auth.IssuerService;
import io.vertebra.auth.token.Claims;
import io.vertebra.auth.token.VerifyingKey;
import io.vertx.core.Future;
import java.util.Optional;

/** This cluster, whose keys and revocations every node follows. */
final class OwnIssuer implements KeySource {
  private final IssuerService issuer;

  OwnIssuer(IssuerService issuer) {
    this.issuer = issuer;
  }

  @Override
  public Future<Optional<VerifyingKey>> find(String id) {
    try {
      return Future.succeededFuture(issuer.key(id));
    } catch (Failure unknown) {
      return Future.failedFuture(unknown);
    }
  }

  @Override
  public void requireInForce(Claims claims) {
    issuer.requireInForce(claims);
  }
}
