package io.vertebra.gateway.token;

import io.vertebra.api.Failure;
import io.vertebra.auth.token.Claims;
import io.vertebra.auth.token.TokenGate;
import io.vertebra.auth.token.TokenGate.Verified;
import io.vertebra.auth.token.VerifyingKey;
import io.vertx.core.Future;
import java.time.Clock;
import java.util.Optional;

/** Verifies the tokens of one issuer for one audience. Safe for any thread. */
public final class TokenVerifier {
  private final int number;
  private final TokenGate gate;
  private final KeySource keys;
  private final VerifiedTokens verified;
  private final Clock clock;

  /**
   * @param number tells it apart from others among the verified tokens
   */
  TokenVerifier(int number, TokenGate gate, KeySource keys, VerifiedTokens verified, Clock clock) {
    this.number = number;
    this.gate = gate;
    this.keys = keys;
    this.verified = verified;
    this.clock = clock;
  }

  /**
   * The claims of a token; {@code UNAUTHENTICATED} if it is not good, {@code UNAVAILABLE} if that
   * cannot be known now. Completes at once, or on the context that asked.
   */
  public Future<Claims> verify(String token) {
    if (token.length() > TokenGate.MAX_LENGTH) {
      return decide(token, "", Optional.empty(), Optional.empty());
    }
    String kept = VerifiedTokens.key(number, token);
    Optional<Verified> before = verified.find(kept);
    String keyId =
        before.map(known -> known.key().id()).or(() -> TokenGate.keyId(token)).orElse("");
    return keyId.isEmpty()
        ? decide(token, kept, before, Optional.empty())
        : keys.find(keyId).compose(key -> decide(token, kept, before, key));
  }

  private Future<Claims> decide(
      String token, String kept, Optional<Verified> before, Optional<VerifyingKey> key) {
    try {
      boolean holds = before.isPresent() && key.equals(before.map(Verified::key));
      Claims claims =
          holds
              ? gate.check(before.get().claims().all(), clock.instant())
              : verifyAnew(token, kept, key);
      keys.requireInForce(claims);
      return Future.succeededFuture(claims);
    } catch (Failure refused) {
      verified.drop(kept);
      return Future.failedFuture(refused);
    }
  }

  private Claims verifyAnew(String token, String kept, Optional<VerifyingKey> key) {
    Verified passed =
        gate.verify(token, id -> key.filter(found -> found.id().equals(id)), clock.instant());
    verified.keep(kept, passed);
    return passed.claims();
  }
}
