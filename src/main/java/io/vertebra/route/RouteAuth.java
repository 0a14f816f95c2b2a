package io.vertebra.route;

import io.vertebra.api.Fields;
import io.vertebra.api.Loopback;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Has requests carry an access token (RFC 6750), and tells the upstream whose it is.
 *
 * @param issuer whose tokens are believed; by default those of this cluster
 * @param jwksUri where a foreign issuer's keys are, instead of where its discovery document says
 * @param audience that a token must be for
 * @param scopes that a token must have, all of them; default none
 * @param types values of {@code typ} that are believed; {@code at+jwt} unless given
 * @param claims claims by the header in which they are passed on; a claim beginning with a slash is
 *     a JSON Pointer. Default none
 * @param optional whether a request without a token passes; default false
 * @param forwardToken whether the upstream gets the token too; default true
 */
public record RouteAuth(
    Optional<String> issuer,
    Optional<String> jwksUri,
    String audience,
    List<String> scopes,
    List<String> types,
    Map<String, String> claims,
    boolean optional,
    boolean forwardToken) {
  private static final int MAX_URL = 500;
  private static final int MAX_SCOPES = 20;
  private static final int MAX_CLAIMS = 20;
  private static final int MAX_NAME = 200;
  private static final String ACCESS_TOKEN = "at+jwt";

  private static final Pattern CLAIM = Pattern.compile("[^/].*|(/([^/~]|~[01])*)+", Pattern.DOTALL);

  private static final Rule<String> URL =
      new Rule<>(
          RouteAuth::isSecure, "must be a URL of https, or of http at a loopback address, alone");
  private static final Rule<List<String>> TYPES =
      new Rule<>(
          types ->
              !types.isEmpty()
                  && types.stream()
                      .allMatch(type -> type.equals(ACCESS_TOKEN) || type.equalsIgnoreCase("jwt")),
          "must hold at+jwt, JWT or both");
  private static final Rule<List<String>> SCOPES =
      new Rule<>(
          scopes -> scopes.stream().allMatch(RouteAuth::isScope),
          "must hold scopes: visible characters but quotes and backslashes");

  public RouteAuth {
    scopes = List.copyOf(scopes);
    types = List.copyOf(types);
    claims = Map.copyOf(claims);
    Violations violations = new Violations();
    violations.check(
        issuer.isPresent() || jwksUri.isEmpty(), "/jwksUri", "needs the issuer of those keys");
    violations.check(
        HeaderRules.CLAIMS.holds().test(claims), "/claims", HeaderRules.CLAIMS.detail());
    violations.check(
        claims.values().stream().allMatch(CLAIM.asMatchPredicate()),
        "/claims",
        "must hold JSON Pointers where claims begin with a slash");
    violations.throwIfAny();
  }

  static RouteAuth from(Fields fields) {
    Optional<String> issuer =
        URL.on(fields.text("issuer", 1, MAX_URL))
            .about("Whose tokens are believed; by default those of this cluster.")
            .optional();
    Optional<String> jwksUri =
        URL.on(fields.text("jwksUri", 1, MAX_URL))
            .about("Where the issuer's keys are; by default as its discovery document says.")
            .optional();
    String audience =
        fields.text("audience", 1, MAX_NAME).about("Audience a token must be for.").required();
    List<String> scopes =
        SCOPES
            .on(fields.texts("scopes", MAX_SCOPES, MAX_NAME))
            .about("Scopes a token must have, all of them.")
            .orElse(List.of());
    List<String> types =
        TYPES
            .on(fields.texts("types", 2, 10))
            .about("Types of tokens that are believed: at+jwt, JWT.")
            .orElse(List.of(ACCESS_TOKEN));
    Map<String, String> claims =
        fields
            .textMap("claims", MAX_CLAIMS, MAX_NAME)
            .about("Claims by the header in which the upstream gets them.")
            .orElse(Map.of());
    boolean optional =
        fields.flag("optional").about("Whether requests without a token pass.").orElse(false);
    boolean forwardToken =
        fields.flag("forwardToken").about("Whether the upstream gets the token.").orElse(true);
    return fields.build(
        () ->
            new RouteAuth(
                issuer, jwksUri, audience, scopes, types, claims, optional, forwardToken));
  }

  JsonObject toJson() {
    JsonObject json =
        new JsonObject()
            .put("audience", audience)
            .put("scopes", new JsonArray(new ArrayList<>(scopes)))
            .put("types", new JsonArray(new ArrayList<>(types)))
            .put("claims", new JsonObject(new LinkedHashMap<>(claims)))
            .put("optional", optional)
            .put("forwardToken", forwardToken);
    issuer.ifPresent(url -> json.put("issuer", url));
    jwksUri.ifPresent(url -> json.put("jwksUri", url));
    return json;
  }

  /** Whether nobody on the way can read or change what is fetched from there. */
  public static boolean isSecure(String url) {
    try {
      URI uri = new URI(url);
      String scheme = String.valueOf(uri.getScheme()).toLowerCase(Locale.ROOT);
      String host = uri.getHost() == null ? "" : uri.getHost().replace("[", "").replace("]", "");
      boolean plain =
          uri.getRawUserInfo() == null && uri.getRawFragment() == null && !host.isEmpty();
      return plain
          && (scheme.equals("https") || (scheme.equals("http") && Loopback.contains(host)));
    } catch (URISyntaxException malformed) {
      return false;
    }
  }

  /** RFC 6749 section 3.3. */
  private static boolean isScope(String text) {
    return text.chars().allMatch(c -> c > ' ' && c < 0x7f && c != '"' && c != '\\');
  }
}
