package io.vertebra.auth;

import static io.vertebra.testkit.Waiting.await;
import static io.vertebra.testkit.Waiting.eventually;
import static io.vertebra.testkit.Waiting.within;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.vertebra.api.Failure;
import io.vertebra.api.FailureCode;
import io.vertebra.crypto.SecretKeys;
import io.vertebra.kv.Guard;
import io.vertebra.testkit.AuditLog;
import io.vertebra.testkit.TestClock;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who gets in, through each door, and what is written down about it. */
final class AuthorizationTest {
  private final TestClock clock = new TestClock();
  private final AuthStore store = new InMemoryAuthStore(clock);
  private final AuthNodeRig node = new AuthNodeRig(store, clock, new JsonObject(), true);
  private final AuditLog audit = new AuditLog();

  @AfterEach
  void close() {
    audit.close();
    node.close();
  }

  private void isAudited(String... words) {
    audit.hears(words);
  }

  private FailureCode refused(Future<?> call) {
    return Failure.of(catchThrowable(() -> await(call))).code();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/api/v1/things/a",
        "/api/v1/auth/users",
        "/api/v1/../../metrics",
        "/api/v1/%2e%2e/%2e%2e/metrics",
        "/metrics",
        "/docs",
        "/openapi.json",
        "/v1/kv/a",
        "/v3/kv/range",
        "/health/../metrics",
        "/.well-known/../metrics",
        "/oauth2/%2e%2e/metrics",
        "/anything"
      })
  void letsNobodyInWithoutACredential(String path) {
    assertThat(node.status("GET", path, "")).isEqualTo(401);
    assertThat(node.status("GET", path, "Bearer nonsense")).isEqualTo(401);
    assertThat(node.status("GET", path, "Bearer vtb_0123456789abcdef_" + "A".repeat(43)))
        .isEqualTo(401);
    assertThat(node.status("GET", path, "Node 1.k1.AAAA")).isEqualTo(401);
    isAudited("result=unauthenticated");
  }

  @Test
  void leavesProbesAndKeysOpen() {
    assertThat(node.status("GET", "/health/live", "")).isEqualTo(200);
    assertThat(node.status("GET", "/.well-known/jwks.json", "")).isEqualTo(200);
  }

  @Test
  void letsTheFirstAdministratorDoAll() {
    assertThat(node.status("PUT", "/api/v1/things/a", node.admin())).isEqualTo(200);
    assertThat(node.status("GET", "/metrics", node.admin())).isEqualTo(200);
    assertThat(node.status("GET", "/metrics", node.firstKey))
        .as("as etcd's clients")
        .isEqualTo(200);
  }

  @Test
  void permitsByConcernActionAndName() {
    String ann =
        "Bearer "
            + node.login("ann", "things:read:*", "things:write:orders/*", "metrics:read:*")
                .getString("accessToken");
    assertThat(node.status("PUT", "/api/v1/things/orders/1", ann)).isEqualTo(200);
    assertThat(node.status("PUT", "/api/v1/things/order", ann)).isEqualTo(403);
    assertThat(node.status("PUT", "/api/v1/things/orders%2f1", ann)).isEqualTo(200);
    assertThat(node.status("GET", "/api/v1/things", ann)).isEqualTo(200);
    assertThat(node.status("GET", "/metrics", ann)).isEqualTo(200);
    assertThat(node.status("GET", "/v1/kv/orders/1", ann)).isEqualTo(403);
    assertThat(node.status("PUT", "/api/v1/auth/roles/r-ann", ann)).isEqualTo(403);
    isAudited("act=auth.put-role", "who=ann", "from=127.0.0.1", "result=forbidden");
    String bob = "Bearer " + node.login("bob", "things:read:a").getString("accessToken");
    assertThat(node.status("GET", "/api/v1/things/a", bob)).isEqualTo(200);
    assertThat(node.status("GET", "/api/v1/things/ab", bob)).isEqualTo(403);
    assertThat(node.status("GET", "/api/v1/things", bob)).as("all of them").isEqualTo(403);
    assertThat(node.status("PUT", "/api/v1/things/a", bob)).isEqualTo(403);
  }

  @Test
  void permitsTheSameOverTheBus() {
    String bob = "Bearer " + node.login("bob", "things:read:a").getString("accessToken");
    JsonObject a = new JsonObject().put("name", "a");
    assertThat(await(node.bus("vertebra.thing", "get", bob, a.copy()))).isEqualTo(a);
    assertThat(refused(node.bus("vertebra.thing", "put", bob, a.copy())))
        .isEqualTo(FailureCode.FORBIDDEN);
    assertThat(refused(node.bus("vertebra.thing", "get", bob, new JsonObject())))
        .isEqualTo(FailureCode.FORBIDDEN);
    assertThat(refused(node.bus("vertebra.thing", "get", "", a.copy())))
        .isEqualTo(FailureCode.UNAUTHENTICATED);
    assertThat(refused(node.bus("vertebra.auth", "list-users", "", new JsonObject())))
        .isEqualTo(FailureCode.UNAUTHENTICATED);
    isAudited("act=auth.list-users", "from=bus", "result=unauthenticated");
  }

  @Test
  void knowsItsOwnMessages() {
    JsonObject a = new JsonObject().put("name", "a");
    var options = new io.vertx.core.eventbus.DeliveryOptions().addHeader("action", "put");
    assertThat(
            await(node.vertx.eventBus().<JsonObject>request("vertebra.thing", a.copy(), options))
                .body())
        .isEqualTo(a);
  }

  @Test
  void believesNoForgedNorCapturedMessageOfANode() {
    JsonObject a = new JsonObject().put("name", "a");
    NodeTokens other = new NodeTokens(new SecretKeys("auth", List.of(AuthRig.SECRET)), "n2", clock);
    String genuine = other.issue("vertebra.thing", "put");
    String forged = genuine.substring(0, genuine.length() - 43) + "A".repeat(43);
    assertThat(refused(node.bus("vertebra.thing", "put", forged, a.copy())))
        .isEqualTo(FailureCode.UNAUTHENTICATED);
    assertThat(await(node.bus("vertebra.thing", "put", genuine, a.copy()))).isEqualTo(a);
    assertThat(refused(node.bus("vertebra.thing", "put", genuine, a.copy())))
        .as("captured")
        .isEqualTo(FailureCode.UNAUTHENTICATED);
    isAudited("act=thing.put", "who=unproven", "from=bus", "result=unauthenticated");
  }

  @Test
  void nobodyTellsTheNodeWhoTheyAre() {
    JsonObject claimed =
        new JsonObject()
            .put("name", "admin")
            .put("caller", new JsonObject().put("name", "admin").put("kind", "node"));
    String bob = "Bearer " + node.login("bob").getString("accessToken");
    JsonObject me =
        await(node.bus("vertebra.auth", "whoami", bob, new JsonObject().put("caller", claimed)));
    assertThat(me).isEqualTo(new JsonObject().put("name", "bob").put("kind", "user"));
  }

  @Test
  void letsUsersLookAfterThemselvesAndNobodyElse() {
    String bob = "Bearer " + node.login("bob").getString("accessToken");
    JsonObject unused = node.login("ann");
    assertThat(node.status("GET", "/api/v1/auth/users/bob", bob)).isEqualTo(200);
    assertThat(node.status("GET", "/api/v1/auth/users/ann", bob)).isEqualTo(403);
    JsonObject change = new JsonObject().put("password", "another carpet");
    String path = "/api/v1/auth/users/bob/password";
    assertThat(node.send("PUT", path, bob, change).statusCode()).isEqualTo(403);
    change.put("presentPassword", "wrong");
    assertThat(node.send("PUT", path, bob, change).statusCode()).isEqualTo(401);
    change.put("presentPassword", AuthRig.PASSWORD);
    assertThat(node.send("PUT", path, bob, change).statusCode()).isEqualTo(200);
    assertThat(node.status("GET", "/api/v1/auth/users/bob", bob)).as("logged out").isEqualTo(401);
    isAudited("act=auth.change-password", "who=bob", "result=ok");
  }

  @Test
  void writesDownLoginsAndTheTheftOfATokenWithoutSecrets() {
    String first = node.login("ann").getString("refreshToken");
    JsonObject wrong = new JsonObject().put("name", "ann").put("password", "wrong secret");
    assertThat(node.send("POST", "/api/v1/auth:login", "", wrong).statusCode()).isEqualTo(401);
    isAudited("act=auth.login", "who=ann", "from=127.0.0.1", "result=ok");
    isAudited("act=auth.login", "who=ann", "result=unauthenticated");
    JsonObject token = new JsonObject().put("refreshToken", first);
    JsonObject unused = node.ask("POST", "/api/v1/auth:refresh", "", token);
    clock.advance(Duration.ofMinutes(1));
    assertThat(node.send("POST", "/api/v1/auth:refresh", "", token).statusCode()).isEqualTo(401);
    isAudited("act=refresh-token-reuse", "who=ann", "result=session-revoked");
    assertThat(audit.lines()).noneMatch(line -> line.contains("secret") || line.contains("vtr_"));
  }

  @Test
  void revokesOnEveryNodeWithinASecond() {
    try (AuthNodeRig second = new AuthNodeRig(store, clock, new JsonObject(), false);
        AuthNodeRig third = new AuthNodeRig(store, clock, new JsonObject(), false)) {
      List<AuthNodeRig> all = List.of(node, second, third);
      JsonObject key = new JsonObject().put("permissions", List.of("things:read:*"));
      JsonObject made = node.ask("POST", "/api/v1/auth/api-keys", node.admin(), key);
      String bearer = "Bearer " + made.getString("key");
      String ann = "Bearer " + node.login("ann", "things:read:*").getString("accessToken");
      for (AuthNodeRig each : all) {
        eventually(() -> assertThat(each.status("GET", "/api/v1/things", bearer)).isEqualTo(200));
        eventually(() -> assertThat(each.status("GET", "/api/v1/things", ann)).isEqualTo(200));
      }
      JsonObject unused =
          second.ask(
              "DELETE",
              "/api/v1/auth/api-keys/" + made.getString("prefix"),
              node.admin(),
              new JsonObject());
      unused =
          third.ask("DELETE", "/api/v1/auth/users/ann/sessions", node.admin(), new JsonObject());
      within(
          Duration.ofSeconds(1),
          () -> {
            for (AuthNodeRig each : all) {
              assertThat(each.status("GET", "/api/v1/things", bearer)).isEqualTo(401);
              assertThat(each.status("GET", "/api/v1/things", ann)).isEqualTo(401);
            }
          });
    }
  }

  @Test
  void makesTheFirstKeyOnceInTheLifeOfACluster() {
    try (AuthNodeRig second = new AuthNodeRig(store, clock, new JsonObject(), false)) {
      eventually(() -> assertThat(second.status("GET", "/metrics", node.admin())).isEqualTo(200));
      JsonObject keys = second.ask("GET", "/api/v1/auth/api-keys", node.admin(), new JsonObject());
      assertThat(keys.getJsonArray("items")).hasSize(1);
      assertThat(keys.encode()).doesNotContain(node.firstKey);
    }
  }

  @Test
  void anApiKeyEndsWithItsTimeAndItsOwner() {
    JsonObject unused = node.login("ann");
    JsonObject wanted =
        new JsonObject().put("permissions", List.of("things:read:*")).put("owner", "ann");
    String owned =
        "Bearer "
            + node.ask("POST", "/api/v1/auth/api-keys", node.admin(), wanted).getString("key");
    wanted.put("lifeMs", 60_000);
    String brief =
        "Bearer "
            + node.ask("POST", "/api/v1/auth/api-keys", node.admin(), wanted).getString("key");
    assertThat(node.status("GET", "/api/v1/things", owned)).isEqualTo(200);
    assertThat(node.status("GET", "/api/v1/things", brief)).isEqualTo(200);
    clock.advance(Duration.ofMinutes(1));
    assertThat(node.status("GET", "/api/v1/things", brief)).isEqualTo(401);
    unused =
        node.ask(
            "PATCH",
            "/api/v1/auth/users/ann",
            node.admin(),
            new JsonObject().put("disabled", true));
    assertThat(node.status("GET", "/api/v1/things", owned)).isEqualTo(401);
    unused =
        node.ask(
            "PATCH",
            "/api/v1/auth/users/ann",
            node.admin(),
            new JsonObject().put("disabled", false));
    assertThat(node.status("GET", "/api/v1/things", owned)).isEqualTo(200);
  }

  private String keyOf(String owner) {
    JsonObject wanted =
        new JsonObject().put("permissions", List.of("things:read:*")).put("owner", owner);
    return "Bearer "
        + node.ask("POST", "/api/v1/auth/api-keys", node.admin(), wanted).getString("key");
  }

  private int reading(String credential) {
    return node.status("GET", "/api/v1/things", credential);
  }

  @Test
  void aTokenOfAnApiKeyGivesNoOtherAndEndsWithTheOwnerOfTheKey() {
    JsonObject unused = node.login("ann");
    String grant = "grant_type=client_credentials";
    String token = node.form("/oauth2/token", keyOf("ann"), grant).getString("access_token");
    byte[] pair = ("client:" + token).getBytes(StandardCharsets.UTF_8);
    assertThat(reading("Bearer " + token)).isEqualTo(200);
    for (String shown :
        List.of("Bearer " + token, "Basic " + Base64.getEncoder().encodeToString(pair))) {
      assertThat(node.form("/oauth2/token", shown, grant).getString("error"))
          .isEqualTo("invalid_grant");
    }
    unused =
        node.ask(
            "PATCH",
            "/api/v1/auth/users/ann",
            node.admin(),
            new JsonObject().put("disabled", true));
    assertThat(reading("Bearer " + token)).isEqualTo(401);
  }

  @Test
  void whoeverGetsTheNameOfAFormerUserGetsNoneOfTheirKeys() {
    String user = "/api/v1/auth/users/ann";
    JsonObject unused = node.login("ann");
    String old = keyOf("ann");
    String token =
        node.form("/oauth2/token", old, "grant_type=client_credentials").getString("access_token");
    unused = node.ask("DELETE", user, node.admin(), new JsonObject());
    assertThat(reading(old)).isEqualTo(401);
    unused = node.login("ann");
    String fresh = keyOf("ann");
    assertThat(reading(fresh)).isEqualTo(200);
    unused = node.ask("PATCH", user, node.admin(), new JsonObject().put("disabled", false));
    assertThat(reading(fresh)).isEqualTo(200);
    assertThat(reading(old)).isEqualTo(401);
    assertThat(reading("Bearer " + token)).isEqualTo(401);
  }

  @Test
  void nobodyEndsASessionOfAnother() {
    String ann = "Bearer " + node.login("ann").getString("accessToken");
    String bob = "Bearer " + node.login("bob").getString("accessToken");
    String id = idOfSession("ann");
    assertThat(endSession("bob", bob, id).getString("id")).as("as if it had ended").isEqualTo(id);
    JsonObject unused = endSession("bob", bob, "A".repeat(22));
    assertThat(node.status("GET", "/api/v1/auth:whoami", ann)).isEqualTo(200);
    assertThat(await(store.list(DocumentId.Kind.REVOCATION, "", "", 10))).isEmpty();
    unused = endSession("bob", bob, idOfSession("bob"));
    assertThat(node.status("GET", "/api/v1/auth:whoami", bob)).isEqualTo(401);
  }

  private String idOfSession(String user) {
    return node.ask(
            "GET", "/api/v1/auth/users/" + user + "/sessions", node.admin(), new JsonObject())
        .getJsonArray("items")
        .getJsonObject(0)
        .getString("id");
  }

  private JsonObject endSession(String user, String credential, String id) {
    String path = "/api/v1/auth/users/" + user + "/sessions:end";
    return node.ask("POST", path, credential, new JsonObject().put("id", id));
  }

  @Test
  void keepsNoAnswerWithSecrets() {
    JsonObject login =
        new JsonObject().put("name", "ann").put("password", "x").put("idempotencyKey", "k");
    assertThat(node.send("POST", "/api/v1/auth:login", "", login).statusCode()).isEqualTo(400);
  }

  @Test
  void forgetsInTimeWhatAFloodOfLoginsLeaves() {
    List<DocumentId> flood =
        IntStream.range(0, 5_000)
            .mapToObj(i -> new DocumentId(DocumentId.Kind.ATTEMPT, "a" + i))
            .toList();
    for (DocumentId each : flood) {
      Change expired = Change.put(each, new JsonObject(), clock.millis());
      assertThat(await(store.commit(List.of(expired), Guard.NONE))).isTrue();
    }
    eventually(() -> assertThat(flood).allMatch(each -> await(store.read(each)).isEmpty()));
  }
}
