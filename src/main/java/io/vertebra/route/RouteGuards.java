package io.vertebra.route;

import io.vertebra.api.Fields;
import io.vertebra.http.CorsOptions;
import io.vertx.core.json.JsonObject;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Who may send requests of a route, and what browsers are told about its answers.
 *
 * @param auth which tokens requests must carry; by default none
 * @param cors which pages of other sites may read answers; by default the upstream says
 * @param csrf has requests refused that pages of other sites sent; by default none are
 * @param securityHeaders whether answers get the header fields that have browsers do less harm
 *     where the upstream sets none; default false
 */
public record RouteGuards(
    Optional<RouteAuth> auth,
    Optional<CorsOptions> cors,
    Optional<RouteCsrf> csrf,
    boolean securityHeaders) {
  /** Anybody may, and browsers are told nothing. */
  public static final RouteGuards NONE =
      new RouteGuards(Optional.empty(), Optional.empty(), Optional.empty(), false);

  /** Reads them from among the fields of a route. */
  static Supplier<RouteGuards> reading(Fields fields) {
    Optional<RouteAuth> auth =
        fields
            .object("auth", RouteAuth::from)
            .about("Which access tokens requests must carry; by default none.")
            .optional();
    Optional<CorsOptions> cors =
        fields
            .object("cors", CorsOptions::from)
            .about("Which pages of other sites may read answers; by default as the upstream says.")
            .optional();
    Optional<RouteCsrf> csrf =
        fields
            .object("csrf", RouteCsrf::from)
            .about("Has requests refused that pages of other sites sent; by default none are.")
            .optional();
    boolean securityHeaders =
        fields
            .flag("securityHeaders")
            .about("Whether answers get security headers where the upstream sets none.")
            .orElse(false);
    return () -> new RouteGuards(auth, cors, csrf, securityHeaders);
  }

  /** Whether pages of this origin may send any request. */
  public boolean trusts(String origin) {
    return csrf.filter(rule -> rule.origins().contains(origin)).isPresent()
        || cors.filter(rules -> rules.names(origin)).isPresent();
  }

  void addTo(JsonObject json) {
    auth.ifPresent(rule -> json.put("auth", rule.toJson()));
    cors.ifPresent(rules -> json.put("cors", rules.toJson()));
    csrf.ifPresent(rule -> json.put("csrf", rule.toJson()));
    if (securityHeaders) {
      json.put("securityHeaders", true);
    }
  }
}
