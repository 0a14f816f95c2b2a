package io.vertebra.auth;

import static io.vertebra.testkit.Waiting.await;
import static io.vertebra.testkit.Waiting.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.vertebra.api.Failure;
import io.vertebra.api.FailureCode;
import io.vertebra.testkit.AuditLog;
import io.vertebra.testkit.TestClock;
import io.vertx.core.json.JsonObject;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whoever may little tries to do more, by every door; nobody gets in and each try is noted. */
final class EscalationTest {
  private final AuditLog audit = new AuditLog();
  private static AuthNodeRig node;
  private static String bob;
  private static JsonObject tokens;

  @BeforeAll
  static void open() {
    TestClock clock = new TestClock();
    node = new AuthNodeRig(new InMemoryAuthStore(clock), clock, new JsonObject(), true);
    JsonObject unused = node.login("ann");
    tokens = node.login("bob", "things:read:a");
    bob = "Bearer " + tokens.getString("accessToken");
  }

  @AfterAll
  static void close() {
    node.close();
  }

  @AfterEach
  void stopListening() {
    audit.close();
  }

  @ParameterizedTest
  @CsvSource({
    "PUT, /api/v1/things/a, thing.put",
    "GET, /api/v1/things/b, thing.get",
    "GET, /api/v1/things/a%2F..%2Fb, thing.get",
    "GET, /api/v1/things, thing.list",
    "HEAD, /api/v1/things/b, thing.get",
    "GET, /api/v1/kv/a, kv.get",
    "PUT, /api/v1/kv/a, kv.put",
    "GET, /api/v1/kv:watch?key=a, kv.watch",
    "POST, /api/v1/kv:txn, kv.txn",
    "GET, /api/v1/kv:backup, http",
    "PUT, /api/v1/kv:restore, http",
    "GET, /api/v1/queues:backup, http",
    "POST, /api/v1/queues:restore, http",
    "GET, /api/v1/auth/users, auth.list-users",
    "GET, /api/v1/auth/users/ann, auth.get-user",
    "PATCH, /api/v1/auth/users/bob, auth.update-user",
    "DELETE, /api/v1/auth/users/bob, auth.delete-user",
    "DELETE, /api/v1/auth/users/bob/totp, auth.remove-codes",
    "PUT, /api/v1/auth/users/ann/password, auth.change-password",
    "POST, /api/v1/auth/users/ann/totp, auth.enrol-codes",
    "DELETE, /api/v1/auth/users/ann/sessions, auth.end-sessions",
    "POST, /api/v1/auth/users/ann/sessions:end, auth.end-session",
    "POST, /api/v1/auth/api-keys, auth.create-api-key",
    "GET, /api/v1/auth/api-keys, auth.list-api-keys",
    "PUT, /api/v1/auth/roles/r-bob, auth.put-role",
    "PUT, /api/v1/auth/roles/admin, auth.put-role",
    "POST, /api/v1/auth/keys:rotate, auth.rotate-keys",
    "GET, /metrics, http",
    "POST, /v3/kv/put, http",
    "POST, /v3/kv/range, http",
    "POST, /v3/kv/txn, http",
    "POST, /v3beta/kv/put, http",
    "POST, /v3/watch, http",
    "POST, /v3/lease/grant, http",
    "POST, /v3/auth/user/add, http",
    "POST, /v3/maintenance/snapshot, http",
    "GET, /v1/kv/a, http",
    "PUT, /v1/kv/a, http",
    "PUT, /v1/txn, http",
    "PUT, /v1/session/create, http",
    "PUT, /v1/agent/service/register, http",
    "GET, /v1/catalog/services, http",
    "PUT, /v1/acl/bootstrap, http",
    "PUT, /.well-known/../v1/kv/a, http",
    "GET, /oauth2/..%2fmetrics/../../metrics, http",
    "GET, //metrics, http"
  })
  void refusesOverHttpWhatIsNotPermitted(String method, String path, String act) {
    assertThat(node.status(method, path, bob)).isEqualTo(403);
    audit.hears("act=" + act, "who=bob", "from=127.0.0.1", "result=forbidden");
    assertThat(node.status(method, path, "")).isEqualTo(401);
    audit.hears("act=" + act, "who=nobody", "from=127.0.0.1", "result=unauthenticated");
  }

  @ParameterizedTest
  @CsvSource({
    "GET, /v1/kv?recurse",
    "GET, /v1/kv/?recurse",
    "DELETE, /v1/kv?recurse",
    "GET, /v1//kv?keys",
    "GET, /v1/%6bv/a",
    "GET, /v1/%6bv?keys",
    "PUT, /v1/txn",
    "PUT, /v1/txn/",
    "PUT, /v1/%74xn/",
    "POST, /v3/kv/put/",
    "POST, /v3beta/kv/range/",
    "GET, /metrics/"
  })
  void reachesNoKeysByAnotherFormOfTheirPath(String method, String path) {
    String consul = key("consul:read:*", "consul:write:*", "http:read:*", "http:write:*");
    assertThat(node.status(method, path, consul)).isEqualTo(403);
    String some = key("consul:*:*", "kv:*:a*");
    boolean all = !path.contains("/a");
    assertThat(node.status(method, path, some)).isEqualTo(all ? 403 : 404);
    assertThat(node.status(method, path, node.admin())).isNotEqualTo(403);
  }

  @ParameterizedTest
  @CsvSource({
    "POST, /v3/watch/",
    "POST, /v3beta/watch/",
    "POST, /v3/lease/keepalive/",
    "POST, /v3beta/lease/keepalive",
    "GET, /v1/kv",
    "GET, /v1/kv/"
  })
  void mayLastInEitherFormOfItsPath(String method, String path) {
    assertThat(PathRules.mayLast(method, path)).isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "PUT, /v1/session/create/, consul:write:session/create*",
    "GET, /v1/catalog/service/web/, consul:read:catalog/service/web*",
    "GET, /v1/catalog/service/web, consul:read:catalog/service/web",
    "POST, /v3/kv/range/, kv:read:*",
    "GET, /v1/kv, kv:read:*",
    "GET, /v1/kv/a/, kv:read:a/*"
  })
  void asksForAllThatAPathCanStandFor(String method, String path, String asked) {
    assertThat(PathRules.rule(method, path).asked().orElseThrow()).hasToString(asked);
  }

  private static String key(String... permissions) {
    JsonObject wanted = new JsonObject().put("permissions", List.of(permissions));
    return "Bearer "
        + node.ask("POST", "/api/v1/auth/api-keys", node.admin(), wanted).getString("key");
  }

  @ParameterizedTest
  @CsvSource({
    "vertebra.thing, put, a",
    "vertebra.thing, get, b",
    "vertebra.thing, list, ''",
    "vertebra.kv, list, ''",
    "vertebra.kv, put, a",
    "vertebra.auth, list-users, ''",
    "vertebra.auth, get-user, ann",
    "vertebra.auth, update-user, bob",
    "vertebra.auth, put-role, r-bob",
    "vertebra.auth, create-api-key, ''",
    "vertebra.auth, rotate-keys, ''",
    "vertebra.auth.n1, end-sessions, ann"
  })
  void refusesOverTheBusWhatIsNotPermitted(String address, String action, String name) {
    JsonObject request = name.isEmpty() ? new JsonObject() : new JsonObject().put("name", name);
    request.put("caller", new JsonObject().put("name", "admin").put("kind", "node"));
    String act = "act=" + address.split("\\.", -1)[1] + "." + action;
    assertThat(refused(address, action, bob, request)).isEqualTo(FailureCode.FORBIDDEN);
    audit.hears(act, "who=bob", "from=bus", "result=forbidden");
    for (String credential : List.of("", "Node 1.k1.n1.1." + "A".repeat(43), "Bearer x.y.z")) {
      assertThat(refused(address, action, credential, request))
          .isEqualTo(FailureCode.UNAUTHENTICATED);
    }
    audit.hears(act, "who=nobody", "from=bus", "result=unauthenticated");
    audit.hears(act, "who=unproven", "from=bus", "result=unauthenticated");
  }

  @Test
  void aTransactionSendsOnlyToQueuesThatItsCallerMayWriteTo() {
    JsonObject wanted =
        new JsonObject().put("permissions", List.of("kv:write:*", "queues:write:mine"));
    String key = node.ask("POST", "/api/v1/auth/api-keys", node.admin(), wanted).getString("key");
    String credential = "Bearer " + key;
    assertThat(node.send("POST", "/api/v1/kv:txn", credential, sending("mine")).statusCode())
        .isEqualTo(200);
    assertThat(node.send("POST", "/api/v1/kv:txn", credential, sending("other")).statusCode())
        .isEqualTo(403);
    audit.hears("act=kv.txn", "result=forbidden", "queues:write:other");
    for (String step :
        List.of(
            "{'append': {'prefix': '\\u0000queue-outbox/', 'text': '[]'}}",
            "{'append': {'prefix': '\\u0000schedule/', 'text': '[]'}}",
            "{'overtake': {'lock': '\\u0000schedule'}}")) {
      JsonObject txn = new JsonObject(("{'then': [" + step + "]}").replace('\'', '"'));
      assertThat(node.send("POST", "/api/v1/kv:txn", credential, txn).statusCode())
          .as(step)
          .isEqualTo(400);
    }
  }

  private static JsonObject sending(String queue) {
    JsonObject letter =
        new JsonObject().put("queue", queue).put("message", new JsonObject().put("body", "b"));
    return new JsonObject().put("send", List.of(letter));
  }

  private static FailureCode refused(
      String address, String action, String credential, JsonObject request) {
    return Failure.of(
            catchThrowable(() -> await(node.bus(address, action, credential, request.copy()))))
        .code();
  }

  @Test
  void takesNoOtherSecretForACredential() {
    String refresh = "Bearer " + tokens.getString("refreshToken");
    String device = "Bearer " + tokens.getString("device");
    for (String each : List.of(refresh, device, "Node 1.k1.n1.1.x", "Basic YTpi")) {
      assertThat(node.status("GET", "/api/v1/things/a", each)).as(each).isEqualTo(401);
      audit.hears("act=thing.get", "who=unproven", "result=unauthenticated");
      audit.clear();
    }
  }

  @Test
  void aTokenOfAnApiKeyMayNoMoreThanTheKey() {
    JsonObject wanted = new JsonObject().put("permissions", List.of("things:read:a"));
    String key = node.ask("POST", "/api/v1/auth/api-keys", node.admin(), wanted).getString("key");
    String token =
        node.form("/oauth2/token", "Bearer " + key, "grant_type=client_credentials&scope=*%3A*%3A*")
            .getString("access_token");
    assertThat(node.status("GET", "/api/v1/things/a", "Bearer " + token)).isEqualTo(200);
    assertThat(node.status("GET", "/api/v1/things/b", "Bearer " + token)).isEqualTo(403);
    audit.hears("act=thing.get", "result=forbidden");
  }

  @Test
  void notesWhoGuessesPasswords() {
    JsonObject guess = new JsonObject().put("name", "ann").put("password", "wrong guess");
    for (int i = 0; i < 5; i++) {
      assertThat(node.send("POST", "/api/v1/auth:login", "", guess).statusCode()).isEqualTo(401);
    }
    guess.put("password", AuthRig.PASSWORD);
    assertThat(node.send("POST", "/api/v1/auth:login", "", guess).statusCode())
        .as("even the right one")
        .isEqualTo(429);
    audit.hears("act=auth.login", "who=ann", "from=127.0.0.1", "result=unauthenticated");
    audit.hears("act=auth.login", "who=ann", "from=127.0.0.1", "result=limited");
  }

  @Test
  void anInjectedLineIsOneWord() {
    JsonObject login =
        new JsonObject().put("name", "x\nact=auth.login who=root").put("password", "p");
    assertThat(node.send("POST", "/api/v1/auth:login", "", login).statusCode()).isEqualTo(401);
    eventually(() -> assertThat(audit.lines()).isNotEmpty());
    assertThat(audit.lines()).noneMatch(line -> line.contains("who=root") || line.contains("\n"));
  }
}
