package io.vertebra.auth;

import static io.vertebra.testkit.Waiting.await;
import static io.vertebra.testkit.Waiting.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.vertebra.api.Failure;
import io.vertebra.api.FailureCode;
import io.vertebra.testkit.TestClock;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What the operations do, whichever door they are called through. */
abstract class AuthApiContract {
  final TestClock clock = new TestClock();
  final AuthNodeRig node =
      new AuthNodeRig(new InMemoryAuthStore(clock), clock, new JsonObject(), true);

  /** Calls an operation of the concern; fails with a {@link Failure}. */
  abstract Future<JsonObject> call(String action, JsonObject request, String authorization);

  @AfterEach
  void close() {
    node.close();
  }

  private static JsonObject json(String text) {
    return new JsonObject(text.replace('\'', '"'));
  }

  JsonObject ask(String action, String request) {
    return await(call(action, json(request), node.admin()));
  }

  FailureCode refused(String action, String request) {
    return refused(call(action, json(request), node.admin()));
  }

  static FailureCode refused(Future<?> call) {
    return Failure.of(catchThrowable(() -> await(call))).code();
  }

  JsonObject login(String request) {
    return await(call("login", json(request), ""));
  }

  private JsonObject createAnn() {
    return ask("create-user", "{'name': 'ann', 'password': 'violet carpet', 'roles': ['clerk']}");
  }

  private JsonObject loginAnn() {
    return login("{'name': 'ann', 'password': 'violet carpet'}");
  }

  private static String bearer(JsonObject tokens) {
    return "Bearer " + tokens.getString("accessToken");
  }

  private static List<String> names(JsonObject list, String field) {
    return list.getJsonArray("items").stream()
        .map(item -> ((JsonObject) item).getString(field))
        .toList();
  }

  @Test
  void createsShowsChangesAndRemovesUsers() {
    JsonObject ann =
        json(
            "{'name': 'ann', 'roles': ['clerk'], 'disabled': false, 'totp': false,"
                + " 'recoveryCodes': 0}");
    assertThat(createAnn()).isEqualTo(ann);
    assertThat(ask("get-user", "{'name': 'ann'}")).isEqualTo(ann);
    assertThat(refused("create-user", "{'name': 'ann', 'password': 'violet carpet'}"))
        .isEqualTo(FailureCode.CONFLICT);
    assertThat(ask("update-user", "{'name': 'ann', 'roles': ['a', 'b']}").getJsonArray("roles"))
        .containsExactly("a", "b");
    assertThat(ask("update-user", "{'name': 'ann', 'disabled': true}").getBoolean("disabled"))
        .isTrue();
    assertThat(refused(call("login", json("{'name': 'ann', 'password': 'violet carpet'}"), "")))
        .isEqualTo(FailureCode.UNAUTHENTICATED);
    assertThat(ask("delete-user", "{'name': 'ann'}").getString("name")).isEqualTo("ann");
    assertThat(refused("get-user", "{'name': 'ann'}")).isEqualTo(FailureCode.NOT_FOUND);
    assertThat(refused("update-user", "{'name': 'ann', 'disabled': true}"))
        .isEqualTo(FailureCode.NOT_FOUND);
  }

  @Test
  void refusesNamesPasswordsAndPermissionsThatAreNone() {
    for (String wrong :
        List.of(
            "{'name': 'Ann', 'password': 'violet carpet'}",
            "{'name': 'a n', 'password': 'violet carpet'}",
            "{'name': 'ann', 'password': 'short'}",
            "{'name': 'ann', 'password': 'password'}",
            "{'name': 'ann'}")) {
      assertThat(refused("create-user", wrong)).as(wrong).isEqualTo(FailureCode.INVALID);
    }
    assertThat(refused("put-role", "{'name': 'r', 'permissions': ['all']}"))
        .isEqualTo(FailureCode.INVALID);
    assertThat(refused("create-api-key", "{'permissions': ['a:b']}"))
        .isEqualTo(FailureCode.INVALID);
  }

  @Test
  void listsUsersInParts() {
    for (int i = 0; i < 101; i++) {
      JsonObject user = json("{'name': 'u%03d', 'password': 'violet carpet'}".formatted(i));
      assertThat(await(call("create-user", user, node.admin()))).isNotEmpty();
    }
    JsonObject first = ask("list-users", "{}");
    assertThat(names(first, "name")).hasSize(100).startsWith("u000").endsWith("u099");
    JsonObject rest = ask("list-users", "{'cursor': '" + first.getString("cursor") + "'}");
    assertThat(names(rest, "name")).containsExactly("u100");
    assertThat(rest.containsKey("cursor")).isFalse();
  }

  @Test
  void rolesSayWhatTheirUsersMay() {
    JsonObject unused = createAnn();
    String ann = bearer(loginAnn());
    JsonObject thing = json("{'name': 'a'}");
    Future<JsonObject> before = node.bus("vertebra.thing", "get", ann, thing.copy());
    assertThat(refused(before)).isEqualTo(FailureCode.FORBIDDEN);
    JsonObject role = ask("put-role", "{'name': 'clerk', 'permissions': ['things:read:*']}");
    assertThat(role.getJsonArray("permissions")).containsExactly("things:read:*");
    eventually(
        () ->
            assertThat(await(node.bus("vertebra.thing", "get", ann, thing.copy())))
                .isEqualTo(thing));
    assertThat(names(ask("list-roles", "{}"), "name")).containsExactly("clerk");
    unused = ask("delete-role", "{'name': 'clerk'}");
    eventually(
        () ->
            assertThat(refused(node.bus("vertebra.thing", "get", ann, thing.copy())))
                .isEqualTo(FailureCode.FORBIDDEN));
    assertThat(names(ask("list-roles", "{}"), "name")).isEmpty();
  }

  @Test
  void publishesTheNextKeyAndTakesAStolenOneBack() {
    JsonObject unused = createAnn();
    String ann = bearer(loginAnn());
    String first = names(ask("list-keys", "{}"), "id").get(0);
    String next = ask("rotate-keys", "{}").getString("id");
    eventually(() -> assertThat(names(ask("list-keys", "{}"), "id")).containsExactly(first, next));
    assertThat(await(call("whoami", new JsonObject(), ann)).getString("name")).isEqualTo("ann");
    unused = ask("withdraw-key", "{'id': '" + first + "'}");
    eventually(
        () ->
            assertThat(refused(call("whoami", new JsonObject(), ann)))
                .isEqualTo(FailureCode.UNAUTHENTICATED));
    assertThat(await(call("whoami", new JsonObject(), bearer(loginAnn()))).getString("name"))
        .isEqualTo("ann");
    assertThat(refused("withdraw-key", "{'id': 'x'}")).isEqualTo(FailureCode.NOT_FOUND);
  }

  @Test
  void logsInAndGivesEachRefreshTokenOneSuccessor() {
    JsonObject unused = createAnn();
    JsonObject tokens = loginAnn();
    assertThat(tokens.getString("tokenType")).isEqualTo("Bearer");
    assertThat(tokens.getLong("expiresInMs")).isEqualTo(300_000);
    assertThat(await(call("whoami", new JsonObject(), bearer(tokens))))
        .isEqualTo(json("{'name': 'ann', 'kind': 'user'}"));
    JsonObject used = new JsonObject().put("refreshToken", tokens.getString("refreshToken"));
    String next = await(call("refresh", used.copy(), "")).getString("refreshToken");
    assertThat(await(call("refresh", used.copy(), "")).getString("refreshToken")).isEqualTo(next);
    clock.advance(Duration.ofSeconds(11));
    assertThat(refused(call("refresh", used.copy(), ""))).isEqualTo(FailureCode.UNAUTHENTICATED);
    assertThat(refused(call("refresh", new JsonObject().put("refreshToken", next), "")))
        .as("of the login that was ended")
        .isEqualTo(FailureCode.UNAUTHENTICATED);
    assertThat(refused(call("login", json("{'name': 'ann', 'password': 'wrong'}"), "")))
        .isEqualTo(FailureCode.UNAUTHENTICATED);
    assertThat(
            refused(
                call(
                    "login",
                    json("{'name': 'ann', 'password': 'violet carpet', 'audience': ['other']}"),
                    "")))
        .isEqualTo(FailureCode.INVALID);
  }

  @Test
  void listsAndEndsSessions() {
    JsonObject unused = createAnn();
    String first = bearer(loginAnn());
    String second = bearer(loginAnn());
    String third = bearer(loginAnn());
    JsonObject sessions = await(call("list-sessions", json("{'name': 'ann'}"), first));
    assertThat(names(sessions, "id")).hasSize(3).doesNotHaveDuplicates();
    for (String id : names(sessions, "id").subList(0, 2)) {
      JsonObject one = new JsonObject().put("name", "ann").put("id", id);
      assertThat(await(call("end-session", one, node.admin())).getString("id")).isEqualTo(id);
    }
    eventually(() -> assertThat(good(first, second, third)).isEqualTo(1));
    assertThat(ask("end-sessions", "{'name': 'ann'}").getInteger("ended")).isEqualTo(1);
    eventually(() -> assertThat(good(first, second, third)).isZero());
  }

  private int good(String... credentials) {
    int good = 0;
    for (String each : credentials) {
      good +=
          call("whoami", new JsonObject(), each)
              .transform(asked -> Future.succeededFuture(asked.succeeded() ? 1 : 0))
              .toCompletionStage()
              .toCompletableFuture()
              .join();
    }
    return good;
  }

  @Test
  void whoeverChangesTheirOwnPasswordTellsThePresentOneAndIsLoggedOut() {
    JsonObject unused = createAnn();
    String ann = bearer(loginAnn());
    JsonObject change = json("{'name': 'ann', 'password': 'crimson carpet'}");
    assertThat(refused(call("change-password", change.copy(), ann)))
        .isEqualTo(FailureCode.FORBIDDEN);
    change.put("presentPassword", "violet carpet");
    unused = await(call("change-password", change.copy(), ann));
    eventually(() -> assertThat(good(ann)).isZero());
    assertThat(login("{'name': 'ann', 'password': 'crimson carpet'}")).isNotEmpty();
    unused = ask("change-password", "{'name': 'ann', 'password': 'scarlet carpet'}");
    assertThat(login("{'name': 'ann', 'password': 'scarlet carpet'}")).isNotEmpty();
  }

  @Test
  void needsOneTimeCodesOnceOneWasShown() {
    JsonObject unused = createAnn();
    JsonObject begun = ask("enrol-codes", "{'name': 'ann'}");
    String secret = begun.getString("secret");
    assertThat(begun.getString("uri")).startsWith("otpauth://totp/").contains(secret);
    assertThat(refused("confirm-codes", "{'name': 'ann', 'code': 'xxxxxx'}"))
        .isEqualTo(FailureCode.INVALID);
    JsonObject confirmed = ask("confirm-codes", "{'name': 'ann', 'code': '" + code(secret) + "'}");
    JsonArray recovery = confirmed.getJsonArray("recoveryCodes");
    assertThat(recovery).hasSize(10);
    assertThat(refused("enrol-codes", "{'name': 'ann'}")).isEqualTo(FailureCode.CONFLICT);
    assertThat(refused(call("login", json("{'name': 'ann', 'password': 'violet carpet'}"), "")))
        .isEqualTo(FailureCode.UNAUTHENTICATED);
    clock.advance(Duration.ofSeconds(60));
    String coded = "{'name': 'ann', 'password': 'violet carpet', 'code': '%s'}";
    assertThat(login(coded.formatted(code(secret)))).isNotEmpty();
    assertThat(login(coded.formatted(recovery.getString(0)))).isNotEmpty();
    assertThat(ask("get-user", "{'name': 'ann'}").getInteger("recoveryCodes")).isEqualTo(9);
    unused = ask("remove-codes", "{'name': 'ann'}");
    assertThat(loginAnn()).isNotEmpty();
  }

  private String code(String secret) {
    return AuthRig.code(secret, clock.instant().getEpochSecond() / 30);
  }

  @Test
  void makesListsAndRevokesApiKeys() {
    JsonObject made =
        ask("create-api-key", "{'label': 'ci', 'permissions': ['things:read:*'], 'lifeMs': 60000}");
    String key = "Bearer " + made.getString("key");
    String prefix = made.getString("prefix");
    assertThat(await(call("whoami", new JsonObject(), key)))
        .isEqualTo(new JsonObject().put("name", prefix).put("kind", "api-key"));
    JsonObject all = ask("list-api-keys", "{}");
    assertThat(names(all, "label")).contains("ci");
    assertThat(all.encode()).doesNotContain(made.getString("key"));
    JsonObject one = new JsonObject().put("prefix", prefix);
    assertThat(await(call("revoke-api-key", one.copy(), node.admin())))
        .isEqualTo(json("{'revoked': true}"));
    eventually(() -> assertThat(good(key)).isZero());
    assertThat(await(call("revoke-api-key", one.copy(), node.admin())))
        .isEqualTo(json("{'revoked': false}"));
  }

  @Test
  void keepsNoAnswerWithSecretsForWhoAsksAgain() {
    for (String action : List.of("enrol-codes", "create-api-key", "login")) {
      JsonObject request =
          json("{'name': 'ann', 'password': 'x', 'permissions': ['a:b:c'], 'idempotencyKey': 'k'}");
      if (action.equals("create-api-key")) {
        request.remove("name");
        request.remove("password");
      } else {
        request.remove("permissions");
      }
      if (action.equals("enrol-codes")) {
        request.remove("password");
      }
      assertThat(refused(call(action, request, node.admin()))).isEqualTo(FailureCode.INVALID);
    }
  }
}
