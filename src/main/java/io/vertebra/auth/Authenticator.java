package io.vertebra.auth;

import io.vertebra.api.Failure;
import io.vertebra.api.FailureCode;
import io.vertebra.auth.token.Algorithm;
import io.vertebra.auth.token.Claims;
import io.vertebra.auth.token.TokenGate;
import java.time.Clock;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.Set;

/** Finds out whose a credential is, by what this node knows; nobody else is asked. */
final class Authenticator {
  private static final String BEARER = "bearer ";

  private final LiveView view;
  private final RoleService roles;
  private final ApiKeyService apiKeys;
  private final AuthOptions options;
  private final TokenGate gate;
  private final IssuerService issuer;
  private final Clock clock;

  Authenticator(
      LiveView view, RoleService roles, ApiKeyService apiKeys, AuthOptions options, Clock clock) {
    this.view = view;
    this.roles = roles;
    this.apiKeys = apiKeys;
    this.options = options;
    this.clock = clock;
    this.gate = gate(options.ownAudience());
    this.issuer = new LiveIssuerService(view, options, clock);
  }

  private TokenGate gate(String audience) {
    return TokenGate.ofAccessTokens(
        options.issuer(), audience, EnumSet.allOf(Algorithm.class), options.times().skew());
  }

  /**
   * Whose it is.
   *
   * @param credential with {@code Bearer} before it or as it is
   * @throws Failure {@code UNAUTHENTICATED}; {@code UNAVAILABLE} if this node knows nothing yet
   */
  Principal authenticate(String credential) {
    return credential(credential).principal();
  }

  /** The same, to be judged again as long as it is in use; that costs no signature. */
  Credential credential(String credential) {
    view.require();
    String bare = bare(credential);
    if (bare.startsWith(ApiKeyService.PREFIX)) {
      return apiKeys.credential(bare);
    }
    Claims claims = gate.admit(bare, view::verifyingKey, clock.instant());
    return () -> principal(current(claims));
  }

  private static String bare(String credential) {
    boolean schemed = credential.regionMatches(true, 0, BEARER, 0, BEARER.length());
    return schemed ? credential.substring(BEARER.length()).strip() : credential.strip();
  }

  /** Whether a credential is an API key itself, and not a token that was made of one. */
  static boolean isApiKey(String credential) {
    return bare(credential).startsWith(ApiKeyService.PREFIX);
  }

  /** The claims of an access token of ours for any audience that there can be. */
  Claims verify(String token, String audience) {
    view.require();
    return current(gate(audience).admit(token, view::verifyingKey, clock.instant()));
  }

  private Claims current(Claims claims) {
    if (claims.expiresAt().plus(options.times().skew()).isBefore(clock.instant())) {
      throw new Failure(FailureCode.UNAUTHENTICATED, "the token is over");
    }
    issuer.requireInForce(claims);
    return claims;
  }

  private Principal principal(Claims claims) {
    Set<Permission> permissions = new LinkedHashSet<>(roles.permissions(claims.texts("roles")));
    boolean ofApiKey = claims.text("sid").isEmpty();
    if (ofApiKey) {
      claims.scopes().forEach(scope -> permissions.add(Permission.parse(scope)));
    }
    return new Principal(
        ofApiKey ? Principal.Kind.API_KEY : Principal.Kind.USER,
        claims.subject(),
        permissions,
        claims.text("sid"));
  }
}
