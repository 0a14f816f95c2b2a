package io.vertebra.auth;

import io.vertebra.api.Failure;
import io.vertebra.api.Fields;
import io.vertebra.auth.token.Algorithm;
import io.vertebra.crypto.KeySource;
import java.util.List;
import java.util.function.Supplier;

/**
 * The section {@code auth}. The concern runs where it is enabled or secret keys are given.
 *
 * @param enabled whether our own API, over HTTP and the bus, asks who calls and refuses whatever is
 *     not permitted; off unless given
 * @param issuer the {@code iss} of our tokens, under which clients find the discovery document
 * @param audiences that a login may ask for; the first one is that of our own API
 * @param algorithm of new signing keys
 * @param keys the same on all nodes; a node alone makes its own where it asks who calls
 * @param maxApiKeys 1 to 100,000, 10,000 unless given
 * @param certificates who clients are by their certificates, at most 200; the first that matches
 *     counts. Default none
 */
public record AuthOptions(
    boolean enabled,
    String issuer,
    List<String> audiences,
    Algorithm algorithm,
    KeySource keys,
    int maxApiKeys,
    TokenTimes times,
    PasswordOptions passwords,
    LockoutOptions lockout,
    List<CertificateRule> certificates) {
  private static final String CONCERN = "auth";
  private static final int MAX_CERTIFICATES = 200;

  public AuthOptions {
    audiences = List.copyOf(audiences);
    certificates = List.copyOf(certificates);
    require(!audiences.isEmpty(), "/audiences", "must hold at least one");
  }

  private static void require(boolean holds, String pointer, String detail) {
    if (!holds) {
      throw Failure.invalid(pointer, detail);
    }
  }

  public static AuthOptions from(Fields fields) {
    boolean enabled =
        fields
            .flag("enabled")
            .about("Whether the API asks who calls and refuses whatever is not permitted.")
            .orElse(false);
    String issuer =
        fields
            .text("issuer", 1, 500)
            .about("Issuer of tokens: the URL under which clients find the discovery document.")
            .matching(
                url -> url.matches("https?://[^?#\\s]+[^/?#\\s]"),
                "must be a URL without a slash at its end")
            .orElse("http://localhost:8500");
    List<String> audiences =
        fields
            .texts("audiences", 20, 200)
            .about("Audiences a login may ask for; the first is that of the API.")
            .orElse(List.of("vertebra"));
    Algorithm algorithm =
        fields
            .choice("algorithm", Algorithm.class)
            .about("Signature algorithm of new keys.")
            .orElse(Algorithm.EDDSA);
    Supplier<KeySource> keys =
        KeySource.reading(
            fields,
            CONCERN,
            "Keys as id:base64 of 32 bytes, the same on all nodes; a node alone makes its own.");
    int maxApiKeys =
        fields.integer("maxApiKeys", 1, 100_000).about("Most API keys.").orElse(10_000);
    Supplier<TokenTimes> times = TokenTimes.reading(fields);
    PasswordOptions passwords = fields.section("passwords", PasswordOptions::from);
    LockoutOptions lockout = fields.section("lockout", LockoutOptions::from);
    List<CertificateRule> certificates =
        fields
            .objects("certificates", MAX_CERTIFICATES, CertificateRule::from)
            .about("Who may do what by a client's certificate; the first that matches counts.")
            .orElse(List.of());
    return fields.build(
        () ->
            new AuthOptions(
                enabled,
                issuer,
                audiences,
                algorithm,
                keys.get(),
                maxApiKeys,
                times.get(),
                passwords,
                lockout,
                certificates));
  }

  /** Whether anything of this runs. */
  boolean runs() {
    return enabled || keys.isGiven();
  }

  /** The audience of our own API. */
  String ownAudience() {
    return audiences.get(0);
  }

  /** The keys stay out of logs. */
  @Override
  public String toString() {
    return "AuthOptions[enabled=" + enabled + ", issuer=" + issuer + "]";
  }
}
