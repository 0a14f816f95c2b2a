package io.vertebra.gateway;

import static io.vertebra.testkit.Waiting.await;
import static io.vertebra.testkit.Waiting.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertebra.api.BusDoor;
import io.vertebra.api.Failure;
import io.vertebra.api.FailureCode;
import io.vertebra.api.Fields;
import io.vertebra.api.Interceptor;
import io.vertebra.api.Kernel;
import io.vertebra.idempotency.IdempotencyOptions;
import io.vertebra.idempotency.IdempotencyVerticle;
import io.vertebra.kv.InMemoryEngine;
import io.vertebra.kv.KvOptions;
import io.vertebra.kv.KvVerticle;
import io.vertebra.testkit.TestClock;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.client.HttpRequest;
import io.vertx.ext.web.client.HttpResponse;
import io.vertx.ext.web.client.WebClient;
import io.vertx.ext.web.client.WebClientOptions;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Routes whose requests are forwarded once. */
final class OnceTest {
  private final InMemoryIssuer issuer = new InMemoryIssuer(Clock.systemUTC());
  private final GatewayRig rig =
      new GatewayRig(
          new JsonObject(),
          (policies, fields) -> Failure.future(FailureCode.LIMITED, "none here"),
          Clock.systemUTC(),
          issuer);
  private final AtomicLong nanos = new AtomicLong();
  private final AtomicInteger served = new AtomicInteger();
  private final WebClient client = WebClient.create(rig.vertx);

  @BeforeEach
  void openStore() {
    BusDoor door = new BusDoor(rig.vertx, "store", Interceptor.chain(List.of()));
    Kernel kernel =
        new Kernel(rig.vertx, "store", new TestClock(), new SimpleMeterRegistry(), List.of(door));
    KvOptions options = KvOptions.from(Fields.of(new JsonObject()));
    KvVerticle kv = new KvVerticle(kernel, options, new InMemoryEngine(), nanos::get);
    String store = await(rig.vertx.deployVerticle(kv));
    String unused =
        await(
            rig.vertx.deployVerticle(
                IdempotencyVerticle.stored(kernel, IdempotencyOptions.DEFAULTS, kv.service())));
    assertThat(store).isNotEqualTo(unused);
  }

  @AfterEach
  void close() {
    rig.close();
  }

  private void forward(JsonObject policy, Handler<HttpServerRequest> handler) {
    int port = rig.origin(handler).actualPort();
    rig.routeAllTo(port);
    rig.route(
        new JsonObject().put("name", "all").put("upstream", "web").put("idempotency", policy));
  }

  private void count(HttpServerRequest request) {
    request
        .body()
        .onSuccess(
            body ->
                request
                    .response()
                    .setStatusCode(201)
                    .putHeader("x-made", "yes")
                    .putHeader("set-cookie", "a=b")
                    .end("run " + served.incrementAndGet() + " of " + body));
  }

  private HttpRequest<Buffer> post(String key) {
    return client
        .request(HttpMethod.POST, rig.port(), GatewayRig.HOST, "/orders")
        .putHeader("idempotency-key", key);
  }

  private HttpResponse<Buffer> send(String key, String body) {
    return await(post(key).sendBuffer(Buffer.buffer(body)));
  }

  @Test
  void givesTheFirstAnswerAgain() {
    forward(new JsonObject(), this::count);
    HttpResponse<Buffer> first = send("\"k\"", "tea");
    HttpResponse<Buffer> again = send("k", "tea");
    assertThat(first.bodyAsString()).isEqualTo("run 1 of tea");
    assertThat(first.getHeader("idempotency-replayed")).isNull();
    assertThat(again.statusCode()).isEqualTo(201);
    assertThat(again.bodyAsString()).isEqualTo("run 1 of tea");
    assertThat(again.getHeader("x-made")).isEqualTo("yes");
    assertThat(again.getHeader("set-cookie")).isNull();
    assertThat(again.getHeader("idempotency-replayed")).isEqualTo("true");
    assertThat(send("other", "tea").bodyAsString()).isEqualTo("run 2 of tea");
  }

  @Test
  void givesNobodyTheAnswerOfSomebodyElse() {
    int port = rig.origin(this::count).actualPort();
    rig.routeAllTo(port);
    rig.route(
        new JsonObject()
            .put("name", "all")
            .put("upstream", "web")
            .put("idempotency", new JsonObject())
            .put("auth", new JsonObject().put("audience", "shop")));
    assertThat(sendAs("ann")).isEqualTo("run 1 of tea");
    assertThat(sendAs("bob")).isEqualTo("run 2 of tea");
    assertThat(sendAs("ann")).isEqualTo("run 1 of tea");
  }

  private String sendAs(String subject) {
    String token = issuer.signer.sign(issuer.claims().put("sub", subject));
    return await(
            post("k")
                .putHeader("authorization", "Bearer " + token)
                .sendBuffer(Buffer.buffer("tea")))
        .bodyAsString();
  }

  @Test
  void doesSoOverHttp2() {
    forward(new JsonObject(), this::count);
    WebClientOptions http2 = new WebClientOptions();
    http2.setProtocolVersion(HttpVersion.HTTP_2).setHttp2ClearTextUpgrade(false);
    WebClient second = WebClient.create(rig.vertx, http2);
    for (int i = 0; i < 2; i++) {
      HttpResponse<Buffer> answer =
          await(
              second
                  .request(HttpMethod.POST, rig.port(), GatewayRig.HOST, "/orders")
                  .putHeader("idempotency-key", "k")
                  .sendBuffer(Buffer.buffer("tea")));
      assertThat(answer.bodyAsString()).isEqualTo("run 1 of tea");
    }
  }

  @Test
  void refusesAnotherPayloadOrPathOfTheSameKey() {
    forward(new JsonObject(), this::count);
    assertThat(send("k", "tea").statusCode()).isEqualTo(201);
    HttpResponse<Buffer> other = send("k", "coffee");
    assertThat(other.statusCode()).isEqualTo(422);
    assertThat(other.bodyAsJsonObject().getString("code")).isEqualTo("mismatch");
    HttpResponse<Buffer> elsewhere = await(post("k").uri("/x").sendBuffer(Buffer.buffer("tea")));
    assertThat(elsewhere.statusCode()).isEqualTo(422);
    assertThat(served).hasValue(1);
  }

  @Test
  void refusesASecondRequestWhileTheFirstIsInFlight() {
    List<HttpServerRequest> held = new CopyOnWriteArrayList<>();
    forward(new JsonObject(), held::add);
    Future<HttpResponse<Buffer>> first = post("k").sendBuffer(Buffer.buffer("tea"));
    eventually(() -> assertThat(held).hasSize(1));
    HttpResponse<Buffer> second = send("k", "tea");
    assertThat(second.statusCode()).isEqualTo(409);
    assertThat(second.getHeader("retry-after")).isEqualTo("1");
    held.get(0).response().end("done");
    assertThat(await(first).bodyAsString()).isEqualTo("done");
    assertThat(send("k", "tea").bodyAsString()).isEqualTo("done");
  }

  @Test
  void keepsTheKeyInFlightUntilTheLeaseEndsWhenTheClientLeft() {
    List<HttpServerRequest> held = new CopyOnWriteArrayList<>();
    forward(new JsonObject().put("leaseMs", 30_000), held::add);
    WebClient leaving = WebClient.create(rig.vertx);
    Future<HttpResponse<Buffer>> first =
        leaving
            .request(HttpMethod.POST, rig.port(), GatewayRig.HOST, "/orders")
            .putHeader("idempotency-key", "k")
            .send();
    eventually(() -> assertThat(held).hasSize(1));
    leaving.close();
    assertThat(first.transform(done -> Future.succeededFuture(done.failed())).await()).isTrue();
    eventually(() -> assertThat(rig.lifecycle.inFlight()).isZero());
    assertThat(await(post("k").send()).statusCode()).isEqualTo(409);
    nanos.addAndGet(Duration.ofSeconds(31).toNanos());
    Future<HttpResponse<Buffer>> retried = rig.vertx.timer(300).compose(done -> post("k").send());
    eventually(() -> assertThat(held).hasSize(2));
    held.get(1).response().end("second");
    assertThat(await(retried).bodyAsString()).isEqualTo("second");
  }

  @Test
  void freesTheKeyOfARequestThatReachedNobody() {
    rig.routeAllTo(1);
    JsonObject route = new JsonObject().put("name", "all").put("upstream", "web");
    rig.route(route.put("idempotency", new JsonObject()));
    assertThat(send("k", "tea").statusCode()).isEqualTo(502);
    forward(new JsonObject(), this::count);
    eventually(() -> assertThat(send("k", "tea").bodyAsString()).isEqualTo("run 1 of tea"));
  }

  @Test
  void doesNotKeepAnAnswerByWhichNothingWasDone() {
    forward(
        new JsonObject(),
        request ->
            request.response().setStatusCode(served.incrementAndGet() == 1 ? 503 : 200).end());
    assertThat(send("k", "tea").statusCode()).isEqualTo(503);
    assertThat(send("k", "tea").statusCode()).isEqualTo(200);
  }

  @Test
  void keepsTheHeadOfAnAnswerThatIsTooLong() {
    JsonObject policy = new JsonObject().put("maxBytes", 1000);
    forward(policy, request -> request.response().setStatusCode(202).end("x".repeat(5000)));
    assertThat(send("k", "tea").bodyAsString()).hasSize(5000);
    eventually(() -> assertThat(send("k", "tea").statusCode()).isEqualTo(202));
    HttpResponse<Buffer> again = send("k", "tea");
    assertThat(again.statusCode()).isEqualTo(202);
    assertThat(again.body()).isNull();
    assertThat(again.getHeader("idempotency-body")).isEqualTo("omitted");
  }

  @Test
  void refusesABodyThatIsTooLong() {
    forward(new JsonObject().put("maxBytes", 1000), this::count);
    assertThat(send("k", "x".repeat(1001)).statusCode()).isEqualTo(413);
    assertThat(send("k", "x".repeat(1000)).statusCode()).isEqualTo(201);
  }

  @Test
  void asksForAKeyWhereOneIsRequiredAndLeavesOtherMethodsAlone() {
    forward(new JsonObject().put("required", true), this::count);
    HttpRequest<Buffer> bare =
        client.request(HttpMethod.POST, rig.port(), GatewayRig.HOST, "/orders");
    assertThat(await(bare.send()).statusCode()).isEqualTo(400);
    HttpRequest<Buffer> put =
        client.request(HttpMethod.PUT, rig.port(), GatewayRig.HOST, "/orders");
    assertThat(await(put.send()).bodyAsString()).isEqualTo("run 1 of ");
    assertThat(await(post("").send()).statusCode()).isEqualTo(400);
    assertThat(await(post("k".repeat(256)).send()).statusCode()).isEqualTo(400);
  }
}
