package io.vertebra.auth;

import static io.vertebra.testkit.Waiting.await;
import static io.vertebra.testkit.Waiting.eventually;
import static io.vertebra.testkit.Waiting.within;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.vertebra.api.Failure;
import io.vertebra.api.FailureCode;
import io.vertebra.testkit.TestClock;
import io.vertx.core.Future;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.client.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What becomes of calls that wait when their callers are out. */
final class OpenCallsTest {
  private static final Duration LIMIT = Duration.ofSeconds(1);
  private static final String WATCH = "/api/v1/kv:watch?key=a";
  private static final java.util.Map.Entry<String, Object> REPLAYED =
      java.util.Map.entry("replayed", true);
  private final TestClock clock = new TestClock();
  private final AuthNodeRig node =
      new AuthNodeRig(new InMemoryAuthStore(clock), clock, new JsonObject(), true);

  /** Held here because Vert.x closes a client that nothing refers to. */
  private final HttpClient client = node.vertx.createHttpClient();

  @AfterEach
  void close() {
    node.close();
  }

  /** How a caller gets out. */
  private enum End {
    SESSION,
    USER,
    API_KEY,
    TIME,
    ROLE
  }

  /** Server-sent events as they come. */
  private static final class Stream {
    final StringBuffer text = new StringBuffer();
    volatile boolean ended;
  }

  private Stream follow(String authorization) {
    HttpClientRequest request =
        await(client.request(HttpMethod.GET, node.port, "127.0.0.1", WATCH));
    request.putHeader("accept", "text/event-stream").putHeader("authorization", authorization);
    Stream stream = new Stream();
    HttpClientResponse response =
        await(
            request
                .send()
                .onSuccess(
                    opened -> {
                      opened.handler(part -> stream.text.append(part.toString()));
                      opened.endHandler(end -> stream.ended = true);
                    }));
    assertThat(response.statusCode()).isEqualTo(200);
    eventually(() -> assertThat(stream.text.toString()).contains(": open"));
    return stream;
  }

  private String credential(End how) {
    return how == End.API_KEY
        ? "Bearer " + key().getString("key")
        : "Bearer " + node.login("ann", "kv:read:*").getString("accessToken");
  }

  private JsonObject key() {
    JsonObject wanted = new JsonObject().put("permissions", List.of("kv:read:*"));
    return node.ask("POST", "/api/v1/auth/api-keys", node.admin(), wanted);
  }

  private void end(End how, String credential) {
    String user = "/api/v1/auth/users/ann";
    JsonObject nothing = new JsonObject();
    switch (how) {
      case SESSION -> node.ask("DELETE", user + "/sessions", node.admin(), nothing);
      case USER -> node.ask("PATCH", user, node.admin(), new JsonObject().put("disabled", true));
      case API_KEY ->
          node.ask(
              "DELETE",
              "/api/v1/auth/api-keys/" + credential.split("_", -1)[1],
              node.admin(),
              nothing);
      case TIME -> clock.advance(Duration.ofMinutes(6));
      case ROLE -> node.ask("DELETE", "/api/v1/auth/roles/r-ann", node.admin(), nothing);
    }
  }

  @ParameterizedTest
  @EnumSource(End.class)
  void endsStreamsAndPollsOfWhoIsOutWithinASecond(End how) {
    String credential = credential(how);
    String code = how == End.ROLE ? "forbidden" : "unauthenticated";
    Stream others = follow(node.admin());
    Stream stream = follow(credential);
    Future<Integer> poll =
        node.sending("GET", WATCH + "&waitMs=30000", credential, new JsonObject())
            .map(HttpResponse::statusCode);
    JsonObject asked = new JsonObject().put("key", "a").put("waitMs", 30_000);
    Future<JsonObject> bus = node.bus("vertebra.kv", "watch", credential, asked);
    eventually(() -> assertThat(node.openCalls()).isEqualTo(4));
    end(how, credential);
    within(
        LIMIT,
        () -> {
          assertThat(stream.ended).isTrue();
          assertThat(poll.isComplete()).isTrue();
          assertThat(bus.isComplete()).isTrue();
        });
    assertThat(stream.text.toString()).contains("event: error").contains(code);
    assertThat(await(poll)).isEqualTo(how == End.ROLE ? 403 : 401);
    assertThat(Failure.of(catchThrowable(() -> await(bus))).code())
        .isEqualTo(FailureCode.valueOf(code.toUpperCase(java.util.Locale.ROOT)));
    assertThat(others.ended).isFalse();
    assertThat(node.openCalls()).isEqualTo(1);
    node.ask("PUT", "/api/v1/kv/a", node.admin(), new JsonObject().put("value", "eA=="));
    eventually(() -> assertThat(others.text.toString()).contains("event: watch"));
  }

  @ParameterizedTest
  @CsvSource({"POST, /v3/watch", "POST, /v3/watch/", "GET, /v1/health/service/web"})
  void breaksStreamsOfEtcdAndConsulOff(HttpMethod method, String path) {
    JsonObject wanted = new JsonObject().put("permissions", List.of("*:read:*"));
    JsonObject key = node.ask("POST", "/api/v1/auth/api-keys", node.admin(), wanted);
    List<String> broken = new CopyOnWriteArrayList<>();
    for (String credential : List.of("Bearer " + key.getString("key"), node.admin())) {
      HttpClientRequest request = await(client.request(method, node.port, "127.0.0.1", path));
      HttpClientResponse response = await(request.putHeader("authorization", credential).send());
      response.exceptionHandler(cut -> broken.add(credential));
      assertThat(response.statusCode()).isEqualTo(200);
    }
    end(End.API_KEY, "Bearer " + key.getString("key"));
    within(LIMIT, () -> assertThat(broken).containsExactly("Bearer " + key.getString("key")));
  }

  @Test
  void forgetsCallsThatEnded() {
    JsonObject asked = new JsonObject().put("key", "a").put("waitMs", 60);
    JsonObject unused = await(node.bus("vertebra.kv", "watch", node.admin(), asked));
    eventually(() -> assertThat(node.openCalls()).isZero());
  }

  @Test
  void givesNobodyTheAnswerOfAnother() {
    String ann = "Bearer " + node.login("ann", "things:write:*").getString("accessToken");
    String bob = "Bearer " + node.login("bob", "things:write:*").getString("accessToken");
    String path = "/api/v1/things/a";
    JsonObject keyed = new JsonObject().put("idempotencyKey", "k");
    JsonObject first = node.ask("PUT", path, ann, keyed);
    assertThat(node.ask("PUT", path, ann, keyed)).isEqualTo(first.copy().put("replayed", true));
    assertThat(node.ask("PUT", path, bob, keyed)).doesNotContain(REPLAYED);
    JsonObject asked = keyed.copy().put("name", "a");
    assertThat(await(node.bus("vertebra.thing", "put", ann, asked.copy())))
        .isEqualTo(first.copy().put("replayed", true));
    assertThat(await(node.bus("vertebra.thing", "put", node.admin(), asked.copy())))
        .doesNotContain(REPLAYED);
  }

  @Test
  void writesForEachWhoeverElseTookTheKey() {
    String ann = "Bearer " + node.login("ann", "kv:write:*").getString("accessToken");
    JsonObject mine = new JsonObject().put("value", "eA==").put("idempotencyKey", "k");
    JsonObject first = node.ask("PUT", "/api/v1/kv/a", ann, mine);
    assertThat(node.ask("PUT", "/api/v1/kv/a", ann, mine).getLong("revision"))
        .isEqualTo(first.getLong("revision"));
    assertThat(node.ask("PUT", "/api/v1/kv/a", node.admin(), mine).getLong("revision"))
        .isGreaterThan(first.getLong("revision"));
  }
}
