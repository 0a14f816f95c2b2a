package io.vertebra.auth;

import io.vertebra.api.Failure;
import io.vertebra.api.FailureCode;
import io.vertebra.auth.token.Claims;
import io.vertebra.auth.token.TokenGate;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Route;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What clients of OAuth 2.0 and OpenID Connect ask: where all this is, the keys, what a token is
 * worth, new tokens, and an end to them.
 *
 * <p>Source: OpenID Connect Discovery 1.0, RFC 8414, 7517, 7662, 7009 and 6749.
 */
final class OauthApi {
  private static final int MAX_BODY_BYTES = 16 * 1024;
  private static final String BASIC = "basic ";

  private final AuthParts parts;
  private final AuthInterceptor door;
  private final Authenticator authenticator;
  private final AuthOptions options;

  private OauthApi(
      AuthParts parts, AuthInterceptor door, Authenticator authenticator, AuthOptions options) {
    this.parts = parts;
    this.door = door;
    this.authenticator = authenticator;
    this.options = options;
  }

  static void mount(
      Router router,
      AuthParts parts,
      AuthInterceptor door,
      Authenticator authenticator,
      AuthOptions options) {
    OauthApi api = new OauthApi(parts, door, authenticator, options);
    router.get("/.well-known/openid-configuration").handler(api::discovery);
    router.get("/.well-known/oauth-authorization-server").handler(api::discovery);
    router.get("/.well-known/jwks.json").handler(api::jwks);
    router.post("/oauth2/token").handler(context -> api.form(context, api::token));
    router.post("/oauth2/introspect").handler(context -> api.form(context, api::introspect));
    router.post("/oauth2/revoke").handler(context -> api.form(context, api::revoke));
  }

  /** Has the same paths fail so. */
  static void refuse(Router router, Failure failure) {
    for (String path : List.of("/.well-known/*", "/oauth2/*")) {
      Route unused = router.route(path).handler(context -> context.fail(failure));
    }
  }

  /** What is done with the fields of a form. */
  private interface Method {
    Future<JsonObject> answer(MultiMap form, HttpServerRequest request);
  }

  private void discovery(RoutingContext context) {
    String issuer = options.issuer();
    JsonArray methods = list("client_secret_basic");
    JsonObject document =
        new JsonObject()
            .put("issuer", issuer)
            .put("jwks_uri", issuer + "/.well-known/jwks.json")
            .put("token_endpoint", issuer + "/oauth2/token")
            .put("introspection_endpoint", issuer + "/oauth2/introspect")
            .put("revocation_endpoint", issuer + "/oauth2/revoke")
            .put("token_endpoint_auth_methods_supported", methods)
            .put("introspection_endpoint_auth_methods_supported", methods)
            .put("revocation_endpoint_auth_methods_supported", list("none"))
            .put("grant_types_supported", list("refresh_token", "client_credentials"))
            .put("response_types_supported", new JsonArray())
            .put("subject_types_supported", list("public"))
            .put("id_token_signing_alg_values_supported", list(options.algorithm().jose()))
            .put("access_token_signing_alg_values_supported", list(options.algorithm().jose()));
    context.response().putHeader("cache-control", "public, max-age=3600");
    send(context.response(), 200, document);
  }

  private static JsonArray list(String... texts) {
    return new JsonArray(Arrays.asList((Object[]) texts));
  }

  private void jwks(RoutingContext context) {
    context
        .response()
        .putHeader("cache-control", "public, max-age=" + parts.keys().maxAgeSeconds());
    send(context.response(), 200, parts.keys().jwks());
  }

  private Future<JsonObject> token(MultiMap form, HttpServerRequest request) {
    String grant = String.valueOf(form.get("grant_type"));
    if (grant.equals("refresh_token")) {
      return parts
          .sessions()
          .refresh(String.valueOf(form.get("refresh_token")), address(request))
          .map(IssuedTokens::toOauth);
    }
    if (grant.equals("client_credentials")) {
      String shown = shown(request);
      Principal client = door.authenticate(shown);
      // A token made of a key is none, or it would give the next one for ever.
      if (!Authenticator.isApiKey(shown)) {
        return Failure.future(FailureCode.UNAUTHENTICATED, "an API key is needed");
      }
      return Future.succeededFuture(parts.sessions().ofApiKey(client).toOauth());
    }
    return Future.failedFuture(Failure.invalid("/grant_type", "is none of those supported"));
  }

  /** The credential of whoever asks: the password of Basic, or what else the header holds. */
  private static String shown(HttpServerRequest request) {
    String given = request.getHeader("authorization");
    if (given == null || !given.regionMatches(true, 0, BASIC, 0, BASIC.length())) {
      return given == null ? "" : given;
    }
    try {
      byte[] decoded = Base64.getDecoder().decode(given.substring(BASIC.length()).strip());
      String pair = new String(decoded, StandardCharsets.UTF_8);
      return URLDecoder.decode(pair.substring(pair.indexOf(':') + 1), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException malformed) {
      throw new Failure(FailureCode.UNAUTHENTICATED, "the header Authorization is malformed");
    }
  }

  private Future<JsonObject> introspect(MultiMap form, HttpServerRequest request) {
    Permission.Asked asked = new Permission.Asked("auth", "read", "introspect");
    Principal client = door.authenticate(shown(request));
    if (!client.may(asked)) {
      return Failure.future(FailureCode.FORBIDDEN, client.name() + " may not " + asked);
    }
    String token = String.valueOf(form.get("token"));
    JsonObject inactive = new JsonObject().put("active", false);
    if (token.startsWith(RefreshToken.PREFIX)) {
      return parts
          .sessions()
          .look(token)
          .map(
              found ->
                  found.getBoolean("present", false)
                      ? new JsonObject()
                          .put("active", true)
                          .put("token_type", "refresh_token")
                          .put("sub", found.getString("user"))
                          .put("exp", found.getLong("expiresAtMs") / 1000)
                      : inactive);
    }
    Claims claims = anyAudience(token);
    return Future.succeededFuture(
        claims == null
            ? inactive
            : claims.all().copy().put("active", true).put("token_type", "Bearer"));
  }

  /** The claims of a token of ours; null if it is not good. */
  private @Nullable Claims anyAudience(String token) {
    for (String audience : options.audiences()) {
      try {
        return authenticator.verify(token, audience);
      } catch (Failure forThisAudience) {
        if (forThisAudience.code() == FailureCode.UNAVAILABLE) {
          throw forThisAudience;
        }
      }
    }
    return null;
  }

  /** Whoever has a token may end it. A token that is not good is answered as one that was ended. */
  private Future<JsonObject> revoke(MultiMap form, HttpServerRequest request) {
    String token = String.valueOf(form.get("token"));
    JsonObject done = new JsonObject();
    if (token.startsWith(RefreshToken.PREFIX)) {
      return parts
          .sessions()
          .look(token)
          .compose(found -> found.isEmpty() ? Future.succeededFuture(done) : end(found, request));
    }
    if (!TokenGate.isToken(token)) {
      return Future.succeededFuture(done);
    }
    Claims claims = anyAudience(token);
    if (claims == null) {
      return Future.succeededFuture(done);
    }
    Audit.record("oauth2.revoke", claims.subject(), address(request), claims.text("jti"), "ok");
    return parts.sessions().revokeToken(claims.text("jti"), claims.expiresAt()).map(done);
  }

  private Future<JsonObject> end(JsonObject session, HttpServerRequest request) {
    String user = session.getString("user");
    Audit.record("oauth2.revoke", user, address(request), session.getString("session"), "ok");
    return parts.sessions().revoke(session.getString("session"), user).map(new JsonObject());
  }

  private static String address(HttpServerRequest request) {
    return request.remoteAddress() == null
        ? ""
        : String.valueOf(request.remoteAddress().hostAddress());
  }

  private void form(RoutingContext context, Method method) {
    HttpServerRequest request = context.request();
    read(request)
        .compose(body -> method.answer(parse(body), request))
        .onSuccess(answer -> send(context.response(), 200, answer))
        .onFailure(cause -> fail(request, Failure.of(cause)));
  }

  private static Future<Buffer> read(HttpServerRequest request) {
    String length = request.getHeader("content-length");
    boolean fits =
        length != null && length.length() < 6 && Integer.parseInt(length) <= MAX_BODY_BYTES;
    return fits
        ? request.body()
        : Failure.future(
            FailureCode.TOO_LARGE, "the body must have a length of at most " + MAX_BODY_BYTES);
  }

  /** The fields of a form, each of which may be there once. */
  private static MultiMap parse(Buffer body) {
    MultiMap form = MultiMap.caseInsensitiveMultiMap();
    for (String pair : List.of(body.toString().split("&", -1))) {
      int equals = pair.indexOf('=');
      if (equals > 0) {
        String name = pair.substring(0, equals);
        if (form.contains(name)) {
          throw Failure.invalid("/" + name, "must be there once");
        }
        form.set(name, decoded(pair.substring(equals + 1)));
      }
    }
    return form;
  }

  private static String decoded(String text) {
    try {
      return URLDecoder.decode(text, StandardCharsets.UTF_8);
    } catch (IllegalArgumentException malformed) {
      throw Failure.invalid("", "the form is malformed");
    }
  }

  /** As RFC 6749 section 5.2 has it. */
  private static void fail(HttpServerRequest request, Failure failure) {
    Audit.record(
        "oauth2",
        "unproven",
        address(request),
        String.valueOf(request.path()),
        failure.code().label());
    String error =
        switch (failure.code()) {
          case UNAUTHENTICATED ->
              String.valueOf(request.path()).endsWith("/token")
                  ? "invalid_grant"
                  : "invalid_client";
          case FORBIDDEN -> "unauthorized_client";
          case INVALID -> "invalid_request";
          default -> "temporarily_unavailable";
        };
    boolean grant = error.equals("invalid_grant");
    JsonObject body =
        new JsonObject().put("error", error).put("error_description", failure.getMessage());
    send(request.response(), grant ? 400 : failure.code().httpStatus(), body);
  }

  private static void send(HttpServerResponse response, int status, JsonObject body) {
    Future<Void> unused =
        response
            .setStatusCode(status)
            .putHeader("content-type", "application/json")
            .end(body.toBuffer());
  }
}
