package io.vertebra.gateway;

import static io.vertebra.testkit.Waiting.await;
import static io.vertebra.testkit.Waiting.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertebra.api.Failure;
import io.vertebra.api.FailureCode;
import io.vertebra.auth.token.Algorithm;
import io.vertebra.auth.token.Forge;
import io.vertebra.auth.token.SigningKey;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.client.HttpResponse;
import io.vertx.ext.web.client.WebClient;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Routes that believe another issuer, whose keys come over HTTP. */
final class ForeignIssuerRouteTest {
  private final InMemoryIssuer own = new InMemoryIssuer(Clock.systemUTC());
  private final GatewayRig rig =
      new GatewayRig(
          new JsonObject()
              .put(
                  "tokens",
                  new JsonObject().put("fetchIntervalMs", 1000).put("fetchTimeoutMs", 300)),
          (policies, fields) -> Failure.future(FailureCode.LIMITED, "none here"),
          Clock.systemUTC(),
          own);
  private final WebClient client = WebClient.create(rig.vertx);
  private final List<SigningKey> published = new CopyOnWriteArrayList<>();
  private final AtomicInteger fetches = new AtomicInteger();
  private volatile Consumer<HttpServerRequest> keys = this::answerKeys;
  private volatile String told = "";
  private HttpServer server;
  private String issuer;

  @BeforeEach
  void open() {
    server = rig.origin(this::serve);
    issuer = "http://127.0.0.1:" + server.actualPort() + "/realm";
    told = issuer;
    rig.routeAllTo(rig.origin(request -> request.response().end("tea")).actualPort());
    protect(auth -> auth.put("types", new JsonArray().add("at+jwt").add("JWT")));
  }

  @AfterEach
  void close() {
    rig.close();
  }

  private void serve(HttpServerRequest request) {
    if (request.path().equals("/realm/.well-known/openid-configuration")) {
      JsonObject document = new JsonObject().put("issuer", told).put("jwks_uri", issuer + "/keys");
      Future<Void> unused = request.response().end(document.toBuffer());
    } else {
      fetches.incrementAndGet();
      keys.accept(request);
    }
  }

  private void answerKeys(HttpServerRequest request) {
    JsonArray list = new JsonArray();
    published.forEach(key -> list.add(key.publicKey().toJwk()));
    list.add(new JsonObject().put("kty", "oct").put("k", "AAAA"));
    Future<Void> unused = request.response().end(new JsonObject().put("keys", list).toBuffer());
  }

  private void protect(Consumer<JsonObject> change) {
    JsonObject auth = new JsonObject().put("issuer", issuer).put("audience", "shop");
    change.accept(auth);
    rig.route(new JsonObject().put("name", "all").put("upstream", "web").put("auth", auth));
  }

  private SigningKey publish(String id, Algorithm algorithm) {
    SigningKey key = Forge.key(id, algorithm);
    published.add(key);
    return key;
  }

  private String token(SigningKey key) {
    long now = Clock.systemUTC().instant().getEpochSecond();
    JsonObject claims =
        new JsonObject()
            .put("iss", issuer)
            .put("aud", "shop")
            .put("sub", "ann")
            .put("iat", now)
            .put("exp", now + 60);
    return Forge.sign(key, "JWT", claims);
  }

  private int status(String token) {
    HttpResponse<Buffer> response =
        await(
            client
                .get(rig.port(), GatewayRig.HOST, "/")
                .putHeader("authorization", "Bearer " + token)
                .send());
    return response.statusCode();
  }

  private double counted(String result) {
    return rig.meters
        .get("vertebra.gateway.issuer.fetches")
        .tag("result", result)
        .counter()
        .count();
  }

  @ParameterizedTest
  @EnumSource
  void findsTheKeysByDiscovery(Algorithm algorithm) {
    SigningKey key = publish("k1", algorithm);
    assertThat(status(token(key))).isEqualTo(200);
    assertThat(status(token(Forge.key("k1", algorithm)))).as("another's key").isEqualTo(401);
    assertThat(fetches).hasValue(1);
  }

  @Test
  void letsNoIssuerSpeakForAnother() {
    SigningKey key = publish("k1", Algorithm.EDDSA);
    JsonObject ours = own.claims();
    assertThat(status(own.token())).as("ours where theirs is wanted").isEqualTo(401);
    assertThat(status(Forge.sign(key, "JWT", ours))).as("in our name").isEqualTo(401);
    rig.route(
        new JsonObject()
            .put("name", "all")
            .put("upstream", "web")
            .put("auth", new JsonObject().put("audience", "shop")));
    assertThat(status(own.token())).isEqualTo(200);
    assertThat(status(token(key))).as("theirs where ours is wanted").isEqualTo(401);
    assertThat(status(Forge.sign(key, "at+jwt", ours))).as("in our name").isEqualTo(401);
  }

  @Test
  void takesTheKeysFromWhereItIsTold() {
    SigningKey key = publish("k1", Algorithm.ES256);
    told = "http://nobody";
    protect(auth -> auth.put("jwksUri", issuer + "/keys").put("types", new JsonArray().add("JWT")));
    assertThat(status(token(key))).isEqualTo(200);
  }

  @Test
  void believesOnlyAccessTokensUnlessTold() {
    SigningKey key = publish("k1", Algorithm.ES256);
    protect(auth -> {});
    assertThat(status(token(key))).isEqualTo(401);
  }

  @Test
  void followsARotation() {
    assertThat(status(token(publish("k1", Algorithm.EDDSA)))).isEqualTo(200);
    SigningKey next = publish("k2", Algorithm.EDDSA);
    eventually(() -> assertThat(status(token(next))).isEqualTo(200));
  }

  @Test
  void fetchesNoMoreOftenThanToldWhateverTokensSay() {
    publish("k1", Algorithm.EDDSA);
    SigningKey forger = Forge.key("x", Algorithm.EDDSA);
    assertThat(status(token(forger))).isEqualTo(401);
    long before = System.nanoTime();
    List<Future<HttpResponse<Buffer>>> sent = new CopyOnWriteArrayList<>();
    for (int i = 0; i < 100; i++) {
      String token =
          token(
              new SigningKey(Forge.key("x" + i, Algorithm.EDDSA).publicKey(), forger.privateKey()));
      sent.add(
          client
              .get(rig.port(), GatewayRig.HOST, "/")
              .putHeader("authorization", "Bearer " + token)
              .send());
    }
    await(Future.all(sent));
    long seconds = (System.nanoTime() - before) / 1_000_000_000;
    assertThat(sent).allMatch(answer -> answer.result().statusCode() == 401);
    assertThat(fetches.get()).isLessThanOrEqualTo((int) (2 + seconds));
  }

  @Test
  void keepsTheKeysOfAnIssuerThatDied() {
    SigningKey key = publish("k1", Algorithm.EDDSA);
    assertThat(status(token(key))).isEqualTo(200);
    await(server.close());
    assertThat(status(token(key))).isEqualTo(200);
    eventually(
        () -> {
          assertThat(status(token(Forge.key("k2", Algorithm.EDDSA)))).isEqualTo(401);
          assertThat(counted("failed")).isPositive();
        });
    assertThat(status(token(key))).isEqualTo(200);
  }

  @Test
  void believesNobodyWhoseKeysItCannotHave() {
    SigningKey key = publish("k1", Algorithm.EDDSA);
    keys = request -> {};
    assertThat(status(token(key))).as("slow").isEqualTo(503);
    assertThat(counted("failed")).isEqualTo(1);
    keys = this::answerKeys;
    eventually(() -> assertThat(status(token(key))).isEqualTo(200));
  }

  @Test
  void takesNoDocumentOfAnotherIssuer() {
    SigningKey key = publish("k1", Algorithm.EDDSA);
    told = issuer + "/";
    assertThat(status(token(key))).isEqualTo(503);
    assertThat(fetches).hasValue(0);
  }

  @Test
  void readsNoDocumentThatIsTooLong() {
    SigningKey key = publish("k1", Algorithm.EDDSA);
    keys =
        request ->
            request.response().end(Buffer.buffer("{\"keys\":[]" + " ".repeat(300_000) + "}"));
    assertThat(status(token(key))).isEqualTo(503);
  }

  @Test
  void followsNoRedirect() {
    SigningKey key = publish("k1", Algorithm.EDDSA);
    keys =
        request -> request.response().setStatusCode(302).putHeader("location", issuer + "/k").end();
    assertThat(status(token(key))).isEqualTo(503);
    assertThat(fetches).hasValue(1);
  }
}
