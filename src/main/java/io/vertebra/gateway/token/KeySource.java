package io.vertebra.gateway.token;

import io.vertebra.auth.token.Claims;
import io.vertebra.auth.token.VerifyingKey;
import io.vertx.core.Future;
import java.util.Optional;

/** Whoever knows the keys of an issuer. */
interface KeySource {

  /**
   * The key of an id; empty if the issuer has none. Fails with {@code UNAVAILABLE} if that cannot
   * be known. Completes at once, or on the context that asked.
   */
  Future<Optional<VerifyingKey>> find(String id);

  /**
   * Requires that a token was not taken back, as far as it is known here.
   *
   * @throws io.vertebra.api.Failure {@code UNAUTHENTICATED}
   */
  void requireInForce(Claims claims);
}
