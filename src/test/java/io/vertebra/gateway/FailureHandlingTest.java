package io.vertebra.gateway;

import static io.vertebra.testkit.Waiting.await;
import static io.vertebra.testkit.Waiting.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.client.HttpResponse;
import io.vertx.ext.web.client.WebClient;
import java.io.IOException;
import java.net.ServerSocket;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a client sees when an endpoint does not do its part. */
final class FailureHandlingTest {
  private static final UnaryOperator<JsonObject> UNCHANGED = upstream -> upstream;

  private GatewayRig rig;
  private WebClient client;

  @BeforeEach
  void start() {
    rig = new GatewayRig();
    client = WebClient.create(rig.vertx);
  }

  @AfterEach
  void stop() {
    rig.close();
  }

  @Test
  void answers502WhenNoEndpointCanBeReached() throws IOException {
    rig.routeAllTo(unusedPort());
    assertProblem(get("/"), 502, "bad_gateway");
  }

  @Test
  void answers502WhenTheEndpointHangsUp() throws IOException {
    try (ServerSocket server = RawSocket.server()) {
      rig.routeAllTo(noRetry(), server.getLocalPort());
      try (RawSocket user = RawSocket.connect(rig.port())) {
        user.send("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
        try (RawSocket endpoint = RawSocket.accept(server)) {
          endpoint.readUntil("\r\n\r\n");
        }
        assertThat(user.readAll()).startsWith("HTTP/1.1 502 ").contains("\"bad_gateway\"");
      }
    }
  }

  @Test
  void answers504WhenTheEndpointIsTooSlow() {
    HttpServer origin = rig.origin(request -> {});
    rig.routeAllTo(
        upstream -> upstream.put("timeouts", new JsonObject().put("firstByteMs", 100)),
        origin.actualPort());
    assertProblem(get("/"), 504, "timeout");
  }

  @Test
  void answers503WhenThereIsNoEndpoint() {
    rig.routeAllTo();
    HttpResponse<Buffer> response = get("/");
    assertProblem(response, 503, "unavailable");
    assertThat(response.getHeader("retry-after")).isEqualTo("1");
  }

  @Test
  void answers503WhenTooManyWaitForAConnection() {
    HttpServer origin = rig.origin(request -> {});
    rig.routeAllTo(
        upstream ->
            upstream
                .put("connection", new JsonObject().put("maxConnections", 1).put("maxPending", 0))
                .put("timeouts", new JsonObject().put("firstByteMs", 3000)),
        origin.actualPort());
    assertProblem(firstOfThree(), 503, "unavailable");
  }

  @Test
  void answers503WhenNoConnectionBecomesFreeInTime() {
    HttpServer origin = rig.origin(request -> {});
    rig.routeAllTo(
        upstream ->
            upstream.put(
                "connection",
                new JsonObject().put("maxConnections", 1).put("pendingTimeoutMs", 100)),
        origin.actualPort());
    assertProblem(firstOfThree(), 503, "unavailable");
  }

  @Test
  void triesAnotherEndpointWhenOneRefuses() throws IOException {
    HttpServer origin = rig.origin(request -> request.response().end("ok"));
    rig.routeAllTo(unusedPort(), origin.actualPort());
    for (int i = 0; i < 10; i++) {
      assertThat(get("/").bodyAsString()).isEqualTo("ok");
    }
  }

  @Test
  void sendsAPostAgainOnlyIfNothingOfItWasSent() throws IOException {
    AtomicInteger received = new AtomicInteger();
    HttpServer hangsUp =
        rig.origin(
            request -> {
              received.incrementAndGet();
              request.connection().close();
            });
    HttpServer works = rig.origin(request -> request.response().end("ok"));
    rig.routeAllTo(unusedPort(), works.actualPort());
    for (int i = 0; i < 4; i++) {
      assertThat(post("/").bodyAsString()).isEqualTo("ok");
    }
    rig.routeAllTo(hangsUp.actualPort());
    assertProblem(post("/"), 502, "bad_gateway");
    assertThat(received).hasValue(1);
  }

  @Test
  void sendsAGetAgainWhenTheEndpointHangsUp() {
    HttpServer hangsUp = rig.origin(request -> request.connection().close());
    HttpServer works = rig.origin(request -> request.response().end("ok"));
    rig.routeAllTo(hangsUp.actualPort(), works.actualPort());
    for (int i = 0; i < 4; i++) {
      assertThat(get("/").bodyAsString()).isEqualTo("ok");
    }
    assertThat(rig.meters.get("vertebra.gateway.retries").counter().count()).isGreaterThan(0);
  }

  @Test
  void neverSendsARequestAgainAfterAByteOfTheAnswer() throws IOException {
    try (ServerSocket server = RawSocket.server()) {
      rig.routeAllTo(server.getLocalPort());
      try (RawSocket user = RawSocket.connect(rig.port())) {
        user.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        try (RawSocket endpoint = RawSocket.accept(server)) {
          endpoint.readUntil("\r\n\r\n");
          endpoint.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf");
          user.readUntil("half");
        }
        assertThat(user.readAll()).as("the rest, and then the end of the connection").isEmpty();
        server.setSoTimeout(300);
        assertThat(org.assertj.core.api.Assertions.catchThrowable(server::accept))
            .isInstanceOf(java.net.SocketTimeoutException.class);
      }
    }
  }

  @Test
  void stopsTryingAgainWhenTheBudgetIsSpent() throws IOException {
    HttpServer hangsUp = rig.origin(request -> request.connection().close());
    HttpServer hangsUpToo = rig.origin(request -> request.connection().close());
    rig.routeAllTo(
        upstream ->
            upstream
                .put(
                    "retry",
                    new JsonObject()
                        .put("attempts", 1)
                        .put("budgetPercent", 0)
                        .put("budgetMinPerSecond", 1))
                .put("ejection", new JsonObject().put("consecutiveFailures", 1000))
                .put("breaker", new JsonObject().put("minRequests", 100000)),
        hangsUp.actualPort(),
        hangsUpToo.actualPort());
    int requests = 200;
    for (int i = 0; i < requests; i++) {
      assertProblem(get("/"), 502, "bad_gateway");
    }
    double retries = rig.meters.get("vertebra.gateway.retries").counter().count();
    assertThat(retries).isBetween(1.0, requests / 2.0);
  }

  @Test
  void asksASecondEndpointWhenTheFirstIsSlow() {
    HttpServer slow = rig.origin(request -> {});
    HttpServer fast = rig.origin(request -> request.response().end("fast"));
    rig.routeAllTo(
        upstream -> upstream.put("hedge", new JsonObject().put("afterMs", 50)),
        slow.actualPort(),
        fast.actualPort());
    for (int i = 0; i < 4; i++) {
      assertThat(get("/").bodyAsString()).isEqualTo("fast");
    }
    assertThat(rig.meters.get("vertebra.gateway.hedges").counter().count()).isGreaterThan(0);
    eventually(() -> assertThat(rig.endpoint(slow.actualPort()).getInteger("inFlight")).isZero());
  }

  @Test
  void hedgesAtAnotherEndpointEvenWhereNothingIsRetried() {
    HttpServer slow = rig.origin(request -> {});
    HttpServer fast = rig.origin(request -> request.response().end("fast"));
    rig.routeAllTo(
        upstream ->
            upstream
                .put("hedge", new JsonObject().put("afterMs", 50))
                .put("retry", new JsonObject().put("attempts", 0))
                .put(
                    "balancing",
                    new JsonObject()
                        .put("policy", "ring-hash")
                        .put("hashOn", new JsonObject().put("source", "path"))),
        slow.actualPort(),
        fast.actualPort());
    for (int i = 0; i < 20; i++) {
      assertThat(get("/" + i).bodyAsString()).isEqualTo("fast");
    }
    assertThat(rig.meters.get("vertebra.gateway.hedges").counter().count()).isGreaterThan(0);
  }

  @Test
  void leavesNothingUnderWayWhenTheClientLeaves() {
    AtomicInteger closed = new AtomicInteger();
    HttpServer origin =
        rig.origin(
            request -> request.response().exceptionHandler(gone -> closed.incrementAndGet()));
    rig.routeAllTo(UNCHANGED, origin.actualPort());
    try (RawSocket user = RawSocket.connect(rig.port())) {
      user.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
      eventually(
          () -> assertThat(rig.endpoint(origin.actualPort()).getInteger("inFlight")).isOne());
    }
    eventually(
        () -> {
          assertThat(closed).hasValue(1);
          assertThat(rig.endpoint(origin.actualPort()).getInteger("inFlight")).isZero();
          assertThat(rig.lifecycle.inFlight()).isZero();
        });
  }

  @Test
  void refusesABodyOverTheLimitWhetherAnnouncedOrNot() throws IOException {
    rig.close();
    rig = new GatewayRig(new JsonObject().put("bodyBytes", 10));
    HttpServer origin =
        rig.origin(request -> request.body().onSuccess(body -> request.response().end("ok")));
    rig.routeAllTo(origin.actualPort());
    try (RawSocket user = RawSocket.connect(rig.port())) {
      user.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 11\r\n\r\n");
      assertThat(user.readUntil("\r\n\r\n")).startsWith("HTTP/1.1 413 ");
    }
    try (RawSocket user = RawSocket.connect(rig.port())) {
      user.send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");
      user.send("b\r\n01234567890\r\n0\r\n\r\n");
      assertThat(user.readUntil("\r\n\r\n")).startsWith("HTTP/1.1 413 ");
    }
  }

  private HttpResponse<Buffer> get(String path) {
    return await(request(path));
  }

  private Future<HttpResponse<Buffer>> request(String path) {
    return client.get(rig.port(), GatewayRig.HOST, path).send();
  }

  /** Two event loops with one connection each: of three requests one at least has to wait. */
  private HttpResponse<Buffer> firstOfThree() {
    Promise<HttpResponse<Buffer>> first = Promise.promise();
    for (int i = 0; i < 3; i++) {
      request("/").onSuccess(first::tryComplete);
    }
    return await(first.future());
  }

  private HttpResponse<Buffer> post(String path) {
    return await(
        client.post(rig.port(), GatewayRig.HOST, path).sendBuffer(Buffer.buffer("something")));
  }

  private static UnaryOperator<JsonObject> noRetry() {
    return upstream -> upstream.put("retry", new JsonObject().put("attempts", 0));
  }

  private static void assertProblem(HttpResponse<Buffer> response, int status, String code) {
    assertThat(response.statusCode()).as(response.bodyAsString()).isEqualTo(status);
    assertThat(response.getHeader("content-type")).isEqualTo("application/problem+json");
    assertThat(response.bodyAsJsonObject().getString("code")).isEqualTo(code);
  }

  private static int unusedPort() throws IOException {
    try (ServerSocket server = RawSocket.server()) {
      return server.getLocalPort();
    }
  }
}
