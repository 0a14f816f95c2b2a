package io.vertebra;

import static io.vertebra.testkit.Waiting.await;
import static io.vertebra.testkit.Waiting.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertebra.api.Fields;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.client.HttpResponse;
import io.vertx.ext.web.client.WebClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Whole nodes in one process, used over HTTP as an operator does. */
final class NodeTest {
  private static final String HOST = "127.0.0.1";

  private final Vertx outside = Vertx.vertx();
  private final WebClient client = WebClient.create(outside);
  private final List<Vertebra> nodes = new ArrayList<>();
  private final Promise<Void> release = Promise.promise();
  private final AtomicInteger reached = new AtomicInteger();
  private HttpServer origin;

  @BeforeEach
  void startOrigin() {
    origin =
        await(
            outside
                .createHttpServer()
                .requestHandler(
                    request -> {
                      reached.incrementAndGet();
                      Future<Void> when =
                          request.path().equals("/slow")
                              ? release.future()
                              : Future.succeededFuture();
                      when.onSuccess(go -> request.response().end("hello"));
                    })
                .listen(0, HOST));
  }

  @AfterEach
  void stop() throws TimeoutException {
    release.tryComplete();
    for (Vertebra node : nodes) {
      node.close().await(20, TimeUnit.SECONDS);
    }
    await(outside.close());
  }

  @Test
  void balancesTrafficThatTheApiRouted() {
    Vertebra node = start(new JsonObject());
    route(node);
    assertThat(get(node, "gateway", "/").bodyAsString()).isEqualTo("hello");
    JsonObject explained =
        get(node, "api", "/api/v1/gateway/explain?url=http://any/x&header=a:%20b")
            .bodyAsJsonObject();
    assertThat(explained.getString("route")).isEqualTo("all");
    String metrics = get(node, "api", "/metrics").bodyAsString();
    assertThat(metrics)
        .contains("vertebra_gateway_request_seconds_count{route=\"all\",status=\"2xx\"} 1");
  }

  @Test
  void tellsClientsOfEtcdWhereItsApiIs() {
    Vertebra node = start(new JsonObject());
    URI api = URI.create(node.listening().get("api"));
    JsonObject members =
        await(
                client
                    .post(api.getPort(), api.getHost(), "/v3/cluster/member/list")
                    .sendJsonObject(new JsonObject()))
            .bodyAsJsonObject();
    assertThat(members.getJsonArray("members").getJsonObject(0).getJsonArray("clientURLs"))
        .containsExactly(api.toString());
  }

  @Test
  void eachNodeAnswersForBoth() throws IOException {
    int first = freePort();
    int second = freePort();
    JsonArray members = new JsonArray().add(HOST + ":" + first).add(HOST + ":" + second);
    Future<Vertebra> one = begin(cluster(first, members).put("raft", port(freePort())));
    Future<Vertebra> two = begin(cluster(second, members).put("raft", port(freePort())));
    nodes.add(awaitStart(one));
    nodes.add(awaitStart(two));
    for (Vertebra node : nodes) {
      eventually(
          () -> {
            JsonObject cluster = get(node, "api", "/api/v1/cluster").bodyAsJsonObject();
            assertThat(cluster.getString("thisNode")).isEqualTo(node.id());
            assertThat(cluster.getJsonArray("members"))
                .extracting(member -> ((JsonObject) member).getString("id"))
                .containsExactlyInAnyOrder(nodes.get(0).id(), nodes.get(1).id());
          });
    }
    eventually(() -> route(nodes.get(1)));
    String other = "?node=" + nodes.get(1).id();
    assertThat(names(get(nodes.get(0), "api", "/api/v1/upstreams" + other))).containsExactly("web");
    eventually(
        () ->
            assertThat(names(get(nodes.get(0), "api", "/api/v1/upstreams")))
                .containsExactly("web"));
  }

  private static JsonObject port(int port) {
    return new JsonObject().put("port", port);
  }

  @Test
  void letsWorkUnderWayEndAndRefusesTheRestWhenItStops() throws TimeoutException {
    Vertebra node = start(new JsonObject());
    route(node);
    Future<HttpResponse<Buffer>> slow = request(node, "gateway", "/slow");
    eventually(() -> assertThat(reached).hasValue(1));
    HttpResponse<Buffer> kept = get(node, "gateway", "/");
    assertThat(kept.statusCode()).isEqualTo(200);

    Future<Void> stopped = node.close();
    eventually(() -> assertThat(get(node, "api", "/health/ready").statusCode()).isEqualTo(503));
    eventually(
        () -> {
          HttpResponse<Buffer> refused = get(node, "gateway", "/");
          assertThat(refused.statusCode()).isEqualTo(503);
          assertThat(refused.getHeader("connection")).isEqualTo("close");
        });
    assertThat(get(node, "api", "/health/live").statusCode()).isEqualTo(200);
    assertThat(stopped.isComplete()).isFalse();

    release.complete();
    assertThat(await(slow).bodyAsString()).isEqualTo("hello");
    stopped.await(20, TimeUnit.SECONDS);
    nodes.clear();
  }

  @Test
  void asksWhoCallsEverywhereOnceItIsToldTo() {
    Vertebra node = start(new JsonObject().put("auth", guarded()));
    for (String path : List.of("/api/v1/cluster", "/metrics", "/v1/kv/a", "/spring/a/b/c")) {
      assertThat(get(node, "api", path).statusCode()).as(path).isEqualTo(401);
      String other = path + "?node=nobody";
      assertThat(get(node, "api", other).statusCode()).as(other).isNotEqualTo(200);
    }
    eventually(() -> assertThat(get(node, "api", "/health/ready").statusCode()).isEqualTo(200));
    String bearer = "Bearer " + await(node.firstKey());
    for (String path : List.of("/api/v1/cluster", "/metrics", "/v1/catalog/services")) {
      HttpResponse<Buffer> answer =
          await(
              client.get(port(node, "api"), HOST, path).putHeader("authorization", bearer).send());
      assertThat(answer.statusCode()).as(path).isEqualTo(200);
    }
  }

  @Test
  void aNodeAloneMakesTheKeysThatNobodyGave() {
    JsonObject enabled = new JsonObject().put("enabled", true);
    JsonObject raft = new JsonObject().put("folder", temporaryFolder());
    Vertebra node = start(new JsonObject().put("auth", enabled.copy()).put("raft", raft.copy()));
    String bearer = "Bearer " + await(node.firstKey());
    assertThat(Path.of(raft.getString("folder"), "auth.keys")).isNotEmptyFile();
    await(node.close());
    nodes.clear();

    Vertebra again = start(new JsonObject().put("auth", enabled.copy()).put("raft", raft.copy()));
    eventually(
        () ->
            assertThat(
                    await(
                            client
                                .get(port(again, "api"), HOST, "/api/v1/auth/keys")
                                .putHeader("authorization", bearer)
                                .send())
                        .bodyAsString())
                .contains("EdDSA"));
  }

  @Test
  void oneOfSeveralNodesNeedsTheKeysOfAll() throws IOException {
    int first = freePort();
    JsonArray members = new JsonArray().add(HOST + ":" + first);
    JsonObject enabled = new JsonObject().put("enabled", true);
    Future<Vertebra> started = begin(cluster(first, members).put("auth", enabled));
    assertThatThrownBy(() -> awaitStart(started))
        .hasMessageContaining("auth/secretKeyFile or auth.secretKeys is missing");
  }

  @Test
  void saysThatAuthIsOff() {
    Vertebra node = start(new JsonObject());
    for (String path : List.of("/api/v1/auth/users", "/.well-known/jwks.json", "/oauth2/token")) {
      HttpResponse<Buffer> answer = get(node, "api", path);
      assertThat(answer.statusCode()).as(path).isEqualTo(409);
      assertThat(answer.bodyAsString()).contains("auth is off: set auth.enabled");
    }
  }

  @Test
  void takesNullForAnAbsentSectionEverywhere() {
    Vertebra node = start(new JsonObject().putNull("log").putNull("shutdown").putNull("node"));
    route(node);
    for (String section : List.of("balancing", "activeCheck", "retry", "timeouts", "connection")) {
      JsonObject endpoint = new JsonObject().put("host", HOST).put("port", origin.actualPort());
      put(
          node,
          "/api/v1/upstreams/web",
          new JsonObject().put("endpoints", new JsonArray().add(endpoint)).putNull(section));
      assertThat(get(node, "gateway", "/").bodyAsString()).isEqualTo("hello");
      assertThat(names(get(node, "api", "/api/v1/upstreams"))).containsExactly("web");
    }
  }

  @Test
  void refusesMalformedRequestsOfTheApiWithAProblem() {
    Vertebra node = start(new JsonObject());
    assertThat(get(node, "api", "/api/v1/routes?limit=%zz").statusCode()).isEqualTo(400);
    assertThat(get(node, "api", "/api/v1/routes?node=").statusCode()).isEqualTo(400);
    assertThat(get(node, "api", "/api/v1/routes?node=a&node=b").statusCode()).isEqualTo(400);
    JsonObject unknown = new JsonObject();
    for (int i = 0; i < 5000; i++) {
      unknown.put("field" + i, i);
    }
    HttpResponse<Buffer> many =
        await(client.put(port(node, "api"), HOST, "/api/v1/routes/r").sendJsonObject(unknown));
    assertThat(many.statusCode()).isEqualTo(400);
    assertThat(many.body().length()).isLessThan(50_000);
    HttpResponse<Buffer> explained =
        get(
            node,
            "api",
            "/api/v1/gateway/explain?url=http://a/&header=accept:%20a,%20b&header=x:%201");
    assertThat(explained.statusCode()).as(explained.bodyAsString()).isEqualTo(200);
    assertThat(explained.getHeader("etag")).isNull();
    eventually(
        () ->
            assertThat(
                    await(client.head(port(node, "api"), HOST, "/health/ready").send())
                        .statusCode())
                .isEqualTo(200));
    HttpResponse<Buffer> rebound =
        await(
            client
                .get(port(node, "api"), HOST, "/api/v1/cluster")
                .virtualHost("evil.example")
                .send());
    assertThat(rebound.statusCode()).isEqualTo(403);
  }

  @Test
  void describesAllThatItOffers() {
    Vertebra node = start(new JsonObject());
    JsonObject described = get(node, "api", "/openapi.json").bodyAsJsonObject();
    assertThat(described.getJsonObject("paths").fieldNames())
        .contains("/api/v1/kv:txn", "/api/v1/queues/{queue}/events", "/api/v1/schedules/{name}");
    assertThat(get(node, "api", "/docs").bodyAsString()).contains("queue.send", "</html>");
  }

  @Test
  void runsNoGatewayWithoutThatRole() {
    Vertebra node =
        start(new JsonObject().put("node", new JsonObject().put("roles", List.of("core"))));
    assertThat(node.listening()).containsKey("api").doesNotContainKey("gateway");
  }

  @Test
  void aNodeWithoutTheStoreFollowsTheRoutesOfThoseThatHaveIt() throws IOException {
    int first = freePort();
    JsonArray members = new JsonArray().add(HOST + ":" + first);
    Vertebra core = start(cluster(first, members).put("raft", port(freePort())));
    JsonObject alone = new JsonObject().put("roles", List.of("gateway"));
    Vertebra edge = start(cluster(freePort(), members).put("node", alone));

    route(core);

    eventually(() -> assertThat(get(edge, "gateway", "/").bodyAsString()).isEqualTo("hello"));
  }

  @Test
  void aNodeWithoutTheStoreProvesThatItIsANodeToThoseThatHaveIt() throws IOException {
    int first = freePort();
    JsonArray members = new JsonArray().add(HOST + ":" + first);
    Vertebra core =
        start(cluster(first, members).put("raft", port(freePort())).put("auth", guarded()));
    JsonObject alone = new JsonObject().put("roles", List.of("gateway"));
    JsonObject options = cluster(freePort(), members).put("node", alone);
    Vertebra edge = start(options.put("auth", guarded()));
    String bearer = "Bearer " + await(core.firstKey());

    eventually(
        () ->
            assertThat(
                    await(
                            client
                                .get(port(edge, "api"), HOST, "/api/v1/cluster")
                                .putHeader("authorization", bearer)
                                .send())
                        .statusCode())
                .isEqualTo(200));
    String other = "/api/v1/cluster?node=" + core.id();
    assertThat(get(edge, "api", other).statusCode()).isEqualTo(401);
  }

  private static JsonObject guarded() {
    String key = "k1:MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=";
    return new JsonObject().put("enabled", true).put("secretKeys", List.of(key));
  }

  private Vertebra start(JsonObject options) {
    Vertebra node = awaitStart(begin(options));
    nodes.add(node);
    return node;
  }

  private static Future<Vertebra> begin(JsonObject options) {
    for (String section : List.of("api", "gateway", "cluster")) {
      JsonObject given = options.getJsonObject(section, new JsonObject());
      options.put(section, given.put("port", given.getInteger("port", 0)));
    }
    JsonObject raft = options.getJsonObject("raft", new JsonObject());
    raft.put("port", raft.getInteger("port", 0));
    raft.put("folder", raft.getString("folder", temporaryFolder()));
    options.put("raft", raft);
    return Vertebra.start(VertebraOptions.from(Fields.of(options)), Clock.systemUTC());
  }

  private static String temporaryFolder() {
    try {
      return Files.createTempDirectory("node").resolve("kv").toString();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Vertebra awaitStart(Future<Vertebra> started) {
    try {
      return started.await(30, TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      throw new AssertionError("no start in 30 s", e);
    }
  }

  private void route(Vertebra node) {
    JsonObject endpoint = new JsonObject().put("host", HOST).put("port", origin.actualPort());
    JsonObject upstream = new JsonObject().put("endpoints", new JsonArray().add(endpoint));
    put(node, "/api/v1/upstreams/web", upstream);
    put(node, "/api/v1/routes/all", new JsonObject().put("upstream", "web"));
  }

  private void put(Vertebra node, String path, JsonObject body) {
    HttpResponse<Buffer> response =
        await(client.put(port(node, "api"), HOST, path).sendJsonObject(body));
    assertThat(response.statusCode()).as(response.bodyAsString()).isEqualTo(200);
    assertThat(response.getHeader("etag")).matches("\"\\d+\"");
  }

  private HttpResponse<Buffer> get(Vertebra node, String listener, String path) {
    return await(request(node, listener, path));
  }

  private Future<HttpResponse<Buffer>> request(Vertebra node, String listener, String path) {
    return client.get(port(node, listener), HOST, path).send();
  }

  private static List<String> names(HttpResponse<Buffer> list) {
    return list.bodyAsJsonObject().getJsonArray("items").stream()
        .map(item -> ((JsonObject) item).getString("name"))
        .toList();
  }

  private static int port(Vertebra node, String listener) {
    return URI.create(node.listening().get(listener)).getPort();
  }

  private static JsonObject cluster(int port, JsonArray members) {
    return new JsonObject()
        .put("cluster", new JsonObject().put("port", port).put("members", members));
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getByName(HOST))) {
      return socket.getLocalPort();
    }
  }
}
