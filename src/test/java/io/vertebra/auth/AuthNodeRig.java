package io.vertebra.auth;

import static io.vertebra.testkit.Waiting.await;
import static io.vertebra.testkit.Waiting.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertebra.api.Api;
import io.vertebra.api.BusDoor;
import io.vertebra.api.Feed;
import io.vertebra.api.Fields;
import io.vertebra.api.Interceptor;
import io.vertebra.api.Kernel;
import io.vertebra.api.Lifecycle;
import io.vertebra.api.Operation;
import io.vertebra.http.ApiOptions;
import io.vertebra.http.ApiServer;
import io.vertebra.http.WaitInterceptor;
import io.vertebra.idempotency.IdempotencyInterceptor;
import io.vertebra.idempotency.IdempotencyOptions;
import io.vertebra.idempotency.IdempotencyVerticle;
import io.vertebra.kv.InMemoryEngine;
import io.vertebra.kv.KvOptions;
import io.vertebra.kv.KvVerticle;
import io.vertebra.testkit.TestClock;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.client.HttpRequest;
import io.vertx.ext.web.client.HttpResponse;
import io.vertx.ext.web.client.WebClient;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A node that asks who calls, with a concern of things, over a store that others may share. */
final class AuthNodeRig implements AutoCloseable {
  final Vertx vertx = Vertx.vertx();
  final TestClock clock;
  final int port;
  private final WebClient client = WebClient.create(vertx);
  final String firstKey;
  private final PrometheusMeterRegistry meters;
  final Map<String, Operation<?>> operations = new LinkedHashMap<>();
  private final AuthVerticle auth;

  AuthNodeRig(AuthStore store, TestClock clock, JsonObject more, boolean first) {
    this(store, clock, more, new JsonObject(), first);
  }

  AuthNodeRig(
      AuthStore store, TestClock clock, JsonObject more, JsonObject listener, boolean first) {
    this.clock = clock;
    AuthOptions options = AuthOptions.from(Fields.of(AuthRig.options().mergeIn(more, true)));
    Lifecycle lifecycle = new Lifecycle();
    lifecycle.ready();
    meters = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    AuthInterceptor door = new AuthInterceptor(true);
    IdempotencyInterceptor once = new IdempotencyInterceptor();
    List<Interceptor> chain =
        List.of(new WaitInterceptor(vertx, lifecycle, meters, 100), door, once);
    ApiServer server =
        new ApiServer(
            vertx,
            "n1",
            ApiOptions.from(Fields.of(listener.copy().put("port", 0))),
            lifecycle,
            meters,
            chain);
    server.guard(door);
    BusDoor bus = new BusDoor(vertx, "n1", Interceptor.chain(chain));
    Kernel kernel = new Kernel(vertx, "n1", clock, meters, List.of(server.door(), bus, this::note));
    auth = AuthVerticle.inMemory(kernel, options, door, store, server.router());
    await(auth.prepare());
    String unused = await(vertx.deployVerticle(auth));
    await(kernel.offer(things()));
    openStore(kernel, once);
    for (String path : List.of("/v3/watch", "/v1/health/service/:name")) {
      server.router().route(path).handler(AuthNodeRig::answerForEver);
    }
    port = await(server.start());
    firstKey = first ? await(auth.firstKey()) : "";
  }

  /** Keys and values, and answers that are kept. */
  private void openStore(Kernel kernel, IdempotencyInterceptor once) {
    KvOptions options = KvOptions.from(Fields.of(new JsonObject()));
    KvVerticle kv = new KvVerticle(kernel, options, new InMemoryEngine(), System::nanoTime);
    IdempotencyVerticle answers =
        IdempotencyVerticle.stored(kernel, IdempotencyOptions.DEFAULTS, kv.service());
    String unused = await(vertx.deployVerticle(kv));
    unused = await(vertx.deployVerticle(answers));
    once.use(answers.service());
  }

  private Future<Void> note(Api api) {
    api.operations().forEach(each -> operations.put(api.concern() + "." + each.action(), each));
    return Future.succeededFuture();
  }

  /** Calls that wait, as the metrics tell. */
  int openCalls() {
    return (int) meters.get("vertebra.auth.open.calls").gauge().value();
  }

  /** As a stream of etcd or a blocking query of Consul does. */
  private static void answerForEver(RoutingContext context) {
    Future<Void> unused = context.response().setChunked(true).write("begun");
  }

  /** A feed that never tells anything, but answers. */
  private static final class Silence implements Feed {
    @Override
    public Future<JsonObject> next() {
      return Promise.<JsonObject>promise().future();
    }

    @Override
    public JsonObject idle() {
      return new JsonObject();
    }

    @Override
    public Future<JsonObject> hear(JsonObject said) {
      return Future.succeededFuture(new JsonObject().put("heard", said.getValue("id")));
    }

    @Override
    public void close() {}
  }

  private static Api things() {
    return new Api(
        "thing",
        Api.Scope.CLUSTER,
        List.of(
            Operation.taking(
                "take",
                "/api/v1/things:take",
                Operation.Manner.TAKING,
                "Takes.",
                fields -> fields.build(() -> "all"),
                all -> Future.succeededFuture(new Silence())),
            Operation.taking(
                "talk",
                "/api/v1/things:talk",
                Operation.Manner.SOCKET,
                "Talks.",
                fields -> fields.build(() -> "all"),
                all -> Future.succeededFuture(new Silence())),
            Operation.of(
                "get",
                HttpMethod.GET,
                "/api/v1/things/*name",
                "Shows.",
                AuthNodeRig::name,
                AuthNodeRig::echo),
            Operation.of(
                "put",
                HttpMethod.PUT,
                "/api/v1/things/*name",
                "Puts.",
                AuthNodeRig::name,
                AuthNodeRig::echo),
            Operation.of(
                "list",
                HttpMethod.GET,
                "/api/v1/things",
                "Lists.",
                fields -> fields.build(() -> ""),
                AuthNodeRig::echo)));
  }

  private static String name(Fields fields) {
    String name = fields.text("name", 1, 100).required();
    return fields.build(() -> name);
  }

  private static Future<JsonObject> echo(String name) {
    return Future.succeededFuture(new JsonObject().put("name", name));
  }

  HttpResponse<Buffer> send(String method, String path, String authorization, JsonObject body) {
    return await(sending(method, path, authorization, body));
  }

  Future<HttpResponse<Buffer>> sending(
      String method, String path, String authorization, JsonObject body) {
    HttpRequest<Buffer> request =
        client.request(HttpMethod.valueOf(method), port, "127.0.0.1", path);
    if (!authorization.isEmpty()) {
      request.putHeader("authorization", authorization);
    }
    return body.isEmpty() ? request.send() : request.sendJsonObject(body);
  }

  int status(String method, String path, String authorization) {
    return send(method, path, authorization, new JsonObject()).statusCode();
  }

  JsonObject ask(String method, String path, String authorization, JsonObject body) {
    HttpResponse<Buffer> response = send(method, path, authorization, body);
    assertThat(response.statusCode()).as(response.bodyAsString()).isEqualTo(200);
    return response.bodyAsJsonObject();
  }

  JsonObject form(String path, String authorization, String body) {
    HttpRequest<Buffer> request = client.post(port, "127.0.0.1", path);
    if (!authorization.isEmpty()) {
      request.putHeader("authorization", authorization);
    }
    return await(request.sendBuffer(Buffer.buffer(body))).bodyAsJsonObject();
  }

  /** By the bus, as a verticle elsewhere does that has no secret keys. */
  Future<JsonObject> bus(String address, String action, String authorization, JsonObject body) {
    DeliveryOptions options =
        new DeliveryOptions().addHeader("action", action).addHeader("authorization", authorization);
    return vertx
        .eventBus()
        .<JsonObject>request(address, body, options)
        .map(message -> message.body());
  }

  String admin() {
    return "Bearer " + firstKey;
  }

  /** Makes a user with a role and logs in. */
  JsonObject login(String name, String... permissions) {
    JsonObject role = new JsonObject().put("permissions", List.of(permissions));
    JsonObject user =
        new JsonObject().put("password", AuthRig.PASSWORD).put("roles", List.of("r-" + name));
    JsonObject unused = ask("PUT", "/api/v1/auth/roles/r-" + name, admin(), role);
    unused = ask("PUT", "/api/v1/auth/users/" + name, admin(), user);
    JsonObject login = new JsonObject().put("name", name).put("password", AuthRig.PASSWORD);
    return ask("POST", "/api/v1/auth:login", "", login);
  }

  void untilKeysAreThere() {
    eventually(
        () ->
            assertThat(
                    send("GET", "/.well-known/jwks.json", "", new JsonObject())
                        .bodyAsJsonObject()
                        .getJsonArray("keys"))
                .isNotEmpty());
  }

  @Override
  public void close() {
    await(vertx.close());
  }
}
