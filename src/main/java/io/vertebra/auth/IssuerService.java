package io.vertebra.auth;

import io.vertebra.auth.token.Claims;
import io.vertebra.auth.token.VerifyingKey;
import java.time.Duration;
import java.util.Optional;

/**
 * What this node knows of the tokens that the cluster issues, for who verifies them here. Nobody
 * else is asked, so nothing waits. Safe for any thread.
 */
public interface IssuerService {

  /** The {@code iss} of our tokens. */
  String issuer();

  /** By how much clocks may differ. */
  Duration skew();

  /**
   * A key that signatures are verified with; empty if there is none of this id.
   *
   * @throws io.vertebra.api.Failure {@code UNAVAILABLE} if this node knows nothing yet, as where
   *     {@code auth} does not run
   */
  Optional<VerifyingKey> key(String id);

  /**
   * Requires that a token was not taken back.
   *
   * @throws io.vertebra.api.Failure {@code UNAUTHENTICATED}
   */
  void requireInForce(Claims claims);
}
