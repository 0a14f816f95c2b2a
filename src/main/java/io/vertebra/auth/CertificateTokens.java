package io.vertebra.auth;

import io.vertebra.api.Failure;
import io.vertebra.api.FailureCode;
import io.vertebra.auth.token.Base64Url;
import io.vertebra.crypto.SecretKeys;
import io.vertebra.http.ClientCertificate;
import java.time.Clock;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * How the node whose door a client came through vouches for its certificate: by a code that only
 * who has the secret keys can make, so that the other nodes believe it too.
 */
final class CertificateTokens {
  static final String SCHEME = "Certificate ";
  private static final String USE = "certificate";

  /** Before the name, so that it is no user's. */
  private static final String NAMES = "certificate/";

  private static final Duration LIFE = Duration.ofSeconds(60);

  private final SecretKeys secrets;
  private final List<CertificateRule> rules;
  private final LiveView view;
  private final RoleService roles;
  private final Clock clock;

  CertificateTokens(
      SecretKeys secrets,
      List<CertificateRule> rules,
      LiveView view,
      RoleService roles,
      Clock clock) {
    this.secrets = secrets;
    this.rules = List.copyOf(rules);
    this.view = view;
    this.roles = roles;
    this.clock = clock;
  }

  /** A credential for who has this certificate; empty if it is nobody's. */
  Optional<String> vouch(ClientCertificate certificate) {
    return rules.stream()
        .filter(rule -> rule.matches(certificate))
        .findFirst()
        .map(
            rule -> {
              String end = Long.toString(clock.instant().plus(LIFE).toEpochMilli());
              String key = secrets.first();
              return SCHEME
                  + end
                  + " "
                  + key
                  + " "
                  + rule.name()
                  + " "
                  + code(key, end, rule.name());
            });
  }

  private String code(String key, String end, String name) {
    return Base64Url.encode(secrets.mac(key, USE, end + " " + name));
  }

  /**
   * Whom it vouches for.
   *
   * @throws Failure {@code UNAUTHENTICATED}; {@code UNAVAILABLE} if this node knows nothing yet
   */
  Credential credential(String credential) {
    view.require();
    String[] parts = credential.substring(SCHEME.length()).split(" ", -1);
    boolean right =
        parts.length == 4
            && parts[0].matches("\\d{1,15}")
            && Digests.areEqual(code(parts[1], parts[0], parts[2]), parts[3]);
    if (!right || !isInTime(Long.parseLong(parts[0]))) {
      throw refused();
    }
    CertificateRule rule =
        rules.stream()
            .filter(each -> each.name().equals(parts[2]))
            .findFirst()
            .orElseThrow(CertificateTokens::refused);
    return () -> principal(rule);
  }

  private Principal principal(CertificateRule rule) {
    Set<Permission> permissions = new LinkedHashSet<>(roles.permissions(rule.roles()));
    permissions.addAll(rule.permissions());
    return new Principal(Principal.Kind.CERTIFICATE, NAMES + rule.name(), permissions, "");
  }

  private boolean isInTime(long end) {
    return end > clock.millis() && end < clock.millis() + 2 * LIFE.toMillis();
  }

  private static Failure refused() {
    return new Failure(FailureCode.UNAUTHENTICATED, "the credential of a certificate is not good");
  }
}
