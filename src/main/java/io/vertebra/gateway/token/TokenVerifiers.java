package io.vertebra.gateway.token;

import io.micrometer.core.instrument.Gauge;
import io.vertebra.api.Kernel;
import io.vertebra.auth.IssuerService;
import io.vertebra.auth.token.Algorithm;
import io.vertebra.auth.token.TokenGate;
import io.vertebra.route.RouteAuth;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;

/** Who verifies the tokens of which routes. Issuers that no route names any more are forgotten. */
public final class TokenVerifiers {
  private final Kernel kernel;
  private final TokenOptions options;
  private final IssuerService own;
  private final LongSupplier nanoTime;
  private final IssuerClient client;
  private final IssuerMeters meters;
  private final VerifiedTokens verified;
  private final Map<Issuer, ForeignIssuer> issuers = new HashMap<>();
  private final Map<Rule, TokenVerifier> verifiers = new HashMap<>();
  private int made;

  private record Issuer(String name, Optional<String> jwksUri) {}

  private record Rule(Optional<Issuer> foreign, String audience, Set<String> types) {
    boolean names(Issuer issuer) {
      return foreign.filter(issuer::equals).isPresent();
    }
  }

  /**
   * @param own knows the tokens of this cluster
   */
  public TokenVerifiers(
      Kernel kernel, TokenOptions options, IssuerService own, LongSupplier nanoTime) {
    this.kernel = kernel;
    this.options = options;
    this.own = own;
    this.nanoTime = nanoTime;
    this.client = new IssuerClient(kernel.vertx(), options);
    this.meters = new IssuerMeters(kernel.meters());
    this.verified = new VerifiedTokens(options.maxVerified());
    Gauge.builder("vertebra.gateway.tokens.verified", verified, VerifiedTokens::size)
        .description("Tokens whose signature is not verified again")
        .register(kernel.meters());
  }

  /** The one for a route. */
  public synchronized TokenVerifier of(RouteAuth auth) {
    Rule rule = rule(auth);
    TokenVerifier known = verifiers.get(rule);
    if (known != null) {
      return known;
    }
    TokenVerifier verifier =
        new TokenVerifier(++made, gate(rule), source(rule), verified, kernel.clock());
    TokenVerifier unused = verifiers.put(rule, verifier);
    return verifier;
  }

  /** Forgets those that none of these routes wants. */
  public synchronized void keepOnly(List<RouteAuth> wanted) {
    Set<Rule> rules = wanted.stream().map(this::rule).collect(Collectors.toSet());
    verifiers.keySet().retainAll(rules);
    issuers.keySet().removeIf(each -> rules.stream().noneMatch(rule -> rule.names(each)));
  }

  private Rule rule(RouteAuth auth) {
    Set<String> types =
        auth.types().stream()
            .map(type -> type.toLowerCase(Locale.ROOT))
            .collect(Collectors.toSet());
    Optional<Issuer> foreign =
        auth.issuer()
            .filter(name -> !name.equals(own.issuer()))
            .map(name -> new Issuer(name, auth.jwksUri()));
    return new Rule(foreign, auth.audience(), types);
  }

  private TokenGate gate(Rule rule) {
    String issuer = rule.foreign().map(Issuer::name).orElseGet(own::issuer);
    return new TokenGate(
        issuer, rule.audience(), EnumSet.allOf(Algorithm.class), rule.types(), own.skew());
  }

  private KeySource source(Rule rule) {
    return rule.foreign().isEmpty()
        ? new OwnIssuer(own)
        : issuers.computeIfAbsent(rule.foreign().get(), this::open);
  }

  private ForeignIssuer open(Issuer issuer) {
    return new ForeignIssuer(
        issuer.name(),
        () -> client.keys(issuer.name(), issuer.jwksUri()),
        options,
        meters,
        nanoTime);
  }
}
