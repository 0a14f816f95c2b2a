package io.vertebra.gateway;

import static io.vertebra.testkit.Waiting.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertebra.api.Failure;
import io.vertebra.api.FailureCode;
import io.vertebra.auth.token.Algorithm;
import io.vertebra.auth.token.Forge;
import io.vertebra.limiter.KeyPart;
import io.vertebra.testkit.AuditLog;
import io.vertebra.testkit.TestClock;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.client.HttpRequest;
import io.vertx.ext.web.client.HttpResponse;
import io.vertx.ext.web.client.WebClient;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Routes whose requests must carry a token of this cluster. */
final class TokenRouteTest {
  private final TestClock clock = new TestClock();
  private final InMemoryIssuer issuer = new InMemoryIssuer(clock);
  private final List<String> limited = new CopyOnWriteArrayList<>();
  private final GatewayRig rig =
      new GatewayRig(
          new JsonObject(),
          (policies, fields) -> {
            limited.add(fields.value(KeyPart.of("claim:sub", "")));
            return Failure.future(FailureCode.LIMITED, "too often");
          },
          clock,
          issuer);
  private final WebClient client = WebClient.create(rig.vertx);
  private final AuditLog audit = new AuditLog();
  private final List<JsonArray> served = new CopyOnWriteArrayList<>();

  @BeforeEach
  void open() {
    rig.routeAllTo(rig.origin(this::serve).actualPort());
    protect(auth -> {});
  }

  @AfterEach
  void close() {
    audit.close();
    rig.close();
  }

  /** Keeps each field that came, as {@code name: value}. */
  private void serve(HttpServerRequest request) {
    JsonArray fields = new JsonArray();
    request
        .headers()
        .forEach((name, value) -> fields.add(name.toLowerCase(Locale.ROOT) + ": " + value));
    served.add(fields);
    request.response().end("tea");
  }

  private void protect(Consumer<JsonObject> change) {
    JsonObject auth =
        new JsonObject()
            .put("audience", "shop")
            .put("claims", new JsonObject().put("X-User", "sub").put("X-Roles", "roles"));
    change.accept(auth);
    rig.route(new JsonObject().put("name", "all").put("upstream", "web").put("auth", auth));
  }

  private HttpRequest<Buffer> get() {
    return client.get(rig.port(), GatewayRig.HOST, "/orders");
  }

  private HttpResponse<Buffer> get(String token) {
    return await(get().putHeader("authorization", "Bearer " + token).send());
  }

  private String with(Consumer<JsonObject> change) {
    JsonObject claims = issuer.claims();
    change.accept(claims);
    return issuer.signer.sign(claims);
  }

  private Stream<String> servedFields() {
    return served.get(served.size() - 1).stream().map(String.class::cast);
  }

  private double counted(String result) {
    return rig.meters.get("vertebra.gateway.tokens").tag("result", result).counter().count();
  }

  @Test
  void forwardsOnlyRequestsWithATokenAndTellsWhoseTheyAre() {
    HttpResponse<Buffer> none = await(get().send());
    assertThat(none.statusCode()).isEqualTo(401);
    assertThat(none.getHeader("www-authenticate")).isEqualTo("Bearer");
    audit.hears("act=gateway.token who=nobody from=127.0.0.1", "what=all:GET:/orders");
    HttpResponse<Buffer> basic = await(get().putHeader("authorization", "Basic YTpi").send());
    assertThat(basic.statusCode()).isEqualTo(401);
    assertThat(served).isEmpty();
    String token = with(json -> json.put("roles", new JsonArray().add("clerk").add("buyer")));
    assertThat(get(token).statusCode()).isEqualTo(200);
    assertThat(servedFields())
        .contains("x-user: ann", "x-roles: clerk,buyer", "authorization: Bearer " + token);
    assertThat(counted("missing")).isEqualTo(2);
    assertThat(counted("ok")).isEqualTo(1);
  }

  static Stream<Arguments> wrong() {
    return Stream.of(
        claims("expired", json -> json.put("exp", json.getLong("iat") - 5)),
        claims("not yet valid", json -> json.put("nbf", json.getLong("iat") + 60)),
        claims("of another issuer", json -> json.put("iss", "https://elsewhere")),
        claims("for another audience", json -> json.put("aud", "vertebra")),
        claims("of a session that ended", json -> json.put("sid", "gone")),
        claims("too long", json -> json.put("x", "y".repeat(9000))));
  }

  private static Arguments claims(String what, Consumer<JsonObject> change) {
    return Arguments.of(what, change);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("wrong")
  void refusesATokenThatIs(String what, Consumer<JsonObject> change) {
    issuer.revoked.add("gone");
    HttpResponse<Buffer> refused = get(with(change));
    assertThat(refused.statusCode()).as(what).isEqualTo(401);
    assertThat(refused.getHeader("www-authenticate")).isEqualTo("Bearer error=\"invalid_token\"");
    assertThat(refused.bodyAsJsonObject().getString("code")).isEqualTo("unauthenticated");
    assertThat(served).isEmpty();
    audit.hears("act=gateway.token who=unproven", "result=unauthenticated");
  }

  @Test
  void refusesWhatIsSignedByAnotherOrIsAnotherKindOfToken() {
    String forged = Forge.key("k1", Algorithm.EDDSA).sign(issuer.claims());
    assertThat(get(forged).statusCode()).isEqualTo(401);
    String identity = Forge.sign(issuer.signer, "JWT", issuer.claims());
    assertThat(get(identity).statusCode()).isEqualTo(401);
    assertThat(get(issuer.token() + "=").statusCode()).isEqualTo(401);
    assertThat(get(" " + issuer.token()).statusCode()).isEqualTo(401);
    assertThat(served).isEmpty();
  }

  @Test
  void refusesTwoTokensOfWhichTheUpstreamCouldTakeTheOther() {
    HttpRequest<Buffer> twice = get();
    twice
        .headers()
        .add("authorization", "Bearer " + issuer.token())
        .add("authorization", "Bearer x");
    assertThat(await(twice.send()).statusCode()).isEqualTo(400);
    assertThat(served).isEmpty();
  }

  @Test
  void looksAgainAtATokenThatItVerifiedBefore() {
    String token = issuer.token();
    assertThat(get(token).statusCode()).isEqualTo(200);
    assertThat(rig.meters.get("vertebra.gateway.tokens.verified").gauge().value()).isEqualTo(1);
    issuer.revoked.add("s1");
    assertThat(get(token).statusCode()).as("revoked").isEqualTo(401);
    issuer.revoked.clear();
    assertThat(get(token).statusCode()).isEqualTo(200);
    issuer.withdrawn = true;
    assertThat(get(token).statusCode()).as("its key was withdrawn").isEqualTo(401);
    issuer.withdrawn = false;
    assertThat(get(token).statusCode()).isEqualTo(200);
    clock.advance(Duration.ofSeconds(65));
    assertThat(get(token).statusCode()).as("expired").isEqualTo(401);
  }

  @Test
  void takesNoTokenOfOneRouteForAnother() {
    assertThat(get(issuer.token()).statusCode()).isEqualTo(200);
    protect(auth -> auth.put("audience", "bank"));
    assertThat(get(issuer.token()).statusCode()).isEqualTo(401);
  }

  @Test
  void wantsEveryScope() {
    protect(auth -> auth.put("scopes", new JsonArray().add("read").add("buy")));
    HttpResponse<Buffer> refused = get(with(json -> json.put("scope", "read")));
    assertThat(refused.statusCode()).isEqualTo(403);
    assertThat(refused.getHeader("www-authenticate"))
        .isEqualTo("Bearer error=\"insufficient_scope\", scope=\"read buy\"");
    audit.hears("who=ann", "result=forbidden");
    assertThat(get(with(json -> json.put("scope", "buy more read"))).statusCode()).isEqualTo(200);
  }

  @Test
  void dropsWhatAClientSendsInPlaceOfAClaim() {
    HttpRequest<Buffer> request = get().putHeader("authorization", "Bearer " + issuer.token());
    for (String name : List.of("X-User", "x-user", "x_user", "X_USER", "x-roles", "X_Roles")) {
      request.headers().add(name, "root");
    }
    assertThat(await(request.send()).statusCode()).isEqualTo(200);
    assertThat(servedFields()).contains("x-user: ann").noneMatch(field -> field.contains("root"));
    protect(auth -> auth.put("optional", true));
    HttpRequest<Buffer> anonymous = get().putHeader("x_user", "root").putHeader("X-Roles", "root");
    assertThat(await(anonymous.putHeader("connection", "x-user").send()).statusCode())
        .isEqualTo(200);
    assertThat(servedFields()).noneMatch(field -> field.contains("root"));
    assertThat(get("x.y.z").statusCode()).as("a bad token is not none").isEqualTo(401);
  }

  @Test
  void letsNoClaimBeMoreThanOneValue() {
    String name = "a\r\nX-Admin: yes, b\u0000%\u00fc ";
    String token =
        with(json -> json.put("sub", name).put("roles", new JsonArray().add("a,admin").add(7)));
    assertThat(get(token).statusCode()).isEqualTo(200);
    assertThat(servedFields())
        .contains("x-user: a%0D%0AX-Admin: yes%2C b%00%25%C3%BC%20", "x-roles: a%2Cadmin,7")
        .noneMatch(field -> field.startsWith("x-admin"));
  }

  @Test
  void keepsTheTokenIfTold() {
    protect(auth -> auth.put("forwardToken", false));
    assertThat(get(issuer.token()).statusCode()).isEqualTo(200);
    assertThat(servedFields())
        .contains("x-user: ann")
        .noneMatch(f -> f.startsWith("authorization"));
  }

  @Test
  void limitsByClaimOfAVerifiedToken() {
    JsonObject auth = new JsonObject().put("audience", "shop");
    rig.route(
        new JsonObject()
            .put("name", "all")
            .put("upstream", "web")
            .put("auth", auth)
            .put("limit", new JsonArray().add("each")));
    assertThat(get(issuer.token()).statusCode()).isEqualTo(429);
    assertThat(get("x.y.z").statusCode()).isEqualTo(401);
    assertThat(limited).containsExactly("ann");
  }

  @Test
  void forwardsNothingWhileItKnowsNoKeys() {
    issuer.known = false;
    HttpResponse<Buffer> refused = get(issuer.token());
    assertThat(refused.statusCode()).isEqualTo(503);
    assertThat(refused.getHeader("www-authenticate")).isNull();
    assertThat(counted("unavailable")).isEqualTo(1);
    assertThat(served).isEmpty();
  }
}
