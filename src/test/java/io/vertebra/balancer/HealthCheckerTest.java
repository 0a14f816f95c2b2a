package io.vertebra.balancer;

import static io.vertebra.testkit.Waiting.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertebra.api.Fields;
import io.vertebra.balancer.ActiveCheck.Kind;
import io.vertebra.balancer.ActiveCheck.Method;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.SelfSignedCertificate;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class HealthCheckerTest {
  private static final int ATTEMPTS = 1000;

  private final Vertx vertx = Vertx.vertx();
  private final HealthChecker checker = new HealthChecker(vertx);
  private final AtomicInteger asked = new AtomicInteger();
  private volatile Consumer<HttpServerRequest> answer = request -> end(request, 200, "all is UP");
  private HttpServer server;

  @BeforeEach
  void start() {
    server = listen(0);
  }

  @AfterEach
  void stop() {
    await(checker.close());
    await(vertx.close());
  }

  @Test
  void anEndpointThatAnswersAsWantedIsHealthy() {
    LiveEndpoint endpoint = watch(http("UP", 1, 1));
    until(() -> endpoint.checkDetail().equals("status 200 and the text wanted"));
    assertThat(endpoint.healthy()).isTrue();
  }

  @Test
  void anotherStatusFails() {
    answer = request -> end(request, 503, "UP");
    LiveEndpoint endpoint = watch(http("", 1, 1));
    until(() -> !endpoint.healthy());
    assertThat(endpoint.checkDetail()).isEqualTo("status 503 instead of 200 to 299");
  }

  @Test
  void anotherTextFails() {
    answer = request -> end(request, 200, "DOWN");
    LiveEndpoint endpoint = watch(http("UP", 1, 1));
    until(() -> !endpoint.healthy());
    assertThat(endpoint.checkDetail()).isEqualTo("the body lacks the text wanted");
  }

  @Test
  void textBeyondTheFirst64KiBIsNotSeen() {
    answer = request -> end(request, 200, ".".repeat(70_000) + "UP");
    LiveEndpoint endpoint = watch(http("UP", 1, 1));
    until(() -> !endpoint.healthy());
    answer = request -> end(request, 200, ".".repeat(60_000) + "UP" + ".".repeat(70_000));
    until(endpoint::healthy);
  }

  @Test
  void aRefusedConnectionFailsAndAReturnIsNoticed() {
    int port = server.actualPort();
    await(server.close());
    for (Kind kind : List.of(Kind.HTTP, Kind.TCP)) {
      LiveEndpoint endpoint = watch(kind, "", 1, 1, port);
      until(() -> !endpoint.healthy());
      assertThat(endpoint.checkDetail()).contains("Connection refused");
      HttpServer returned = listen(port);
      until(endpoint::healthy);
      await(returned.close());
    }
  }

  @Test
  void anEndpointThatDoesNotAnswerInTimeFailsAndIsNotAskedTwiceAtOnce() {
    AtomicInteger open = new AtomicInteger();
    AtomicInteger mostOpen = new AtomicInteger();
    answer =
        request -> {
          mostOpen.accumulateAndGet(open.incrementAndGet(), Math::max);
          request.connection().closeHandler(closed -> open.decrementAndGet());
        };
    LiveEndpoint endpoint = watch(http("", 2, 1));
    until(() -> !endpoint.healthy());
    assertThat(endpoint.checkDetail()).isEqualTo("no answer in 150 ms");
    until(() -> asked.get() >= 4);
    assertThat(mostOpen).hasValue(1);
    answer = request -> end(request, 200, "");
    until(endpoint::healthy);
  }

  @Test
  void thresholdsMustBeReachedEitherWay() {
    answer = request -> end(request, asked.get() <= 3 ? 500 : 200, "");
    LiveEndpoint patient = watch(http("", 4, 1));
    until(() -> asked.get() >= 6);
    assertThat(patient.healthy()).isTrue();
    checker.forget("orders");
    asked.set(0);
    answer = request -> end(request, asked.get() <= 3 ? 500 : asked.get() <= 5 ? 200 : 500, "");
    LiveEndpoint strict = watch(http("", 3, 3));
    until(() -> asked.get() >= 8);
    assertThat(strict.healthy()).isFalse();
  }

  @Test
  void asksForThePathAndHostGiven() {
    StringBuffer seen = new StringBuffer();
    answer =
        request -> {
          seen.append(request.method()).append(' ').append(request.uri()).append(' ');
          seen.append(request.getHeader("host"));
          end(request, 204, "");
        };
    ActiveCheck check =
        new ActiveCheck(
            Kind.HTTP,
            "/health?full",
            Method.HEAD,
            204,
            204,
            "",
            Duration.ofHours(1),
            0,
            Duration.ofSeconds(1),
            1,
            1,
            "orders.example");
    LiveEndpoint endpoint = watch(check, server.actualPort());
    until(() -> endpoint.checkDetail().equals("status 204"));
    assertThat(seen).hasToString("HEAD /health?full orders.example");
  }

  @Test
  void removedEndpointsAndForgottenUpstreamsAreAskedNoMore() {
    HttpServer other = listen(0);
    Upstream one = definition(http("", 1, 1), server.actualPort());
    LiveUpstream upstream = live(one);
    checker.watch(upstream);
    until(() -> asked.get() >= 2);
    Upstream moved = definition(http("", 1, 1), other.actualPort());
    LiveUpstream updated = upstream.updatedTo(moved);
    checker.watch(updated);
    assertThat(checker.watched()).isEqualTo(1);
    await(server.close());
    until(() -> updated.endpoints().get(0).checkDetail().equals("status 200"));
    checker.forget("orders");
    assertThat(checker.watched()).isZero();
    int before = asked.get();
    await(vertx.timer(400, TimeUnit.MILLISECONDS));
    assertThat(asked.get()).isBetween(before, before + 1);
  }

  @Test
  void checksTheCertificateByTheNameGiven() {
    SelfSignedCertificate certificate = SelfSignedCertificate.create("orders.example");
    HttpServer secure =
        await(
            vertx
                .createHttpServer(
                    new HttpServerOptions()
                        .setSsl(true)
                        .setKeyCertOptions(certificate.keyCertOptions()))
                .requestHandler(request -> end(request, 200, ""))
                .listen(0, "127.0.0.1"));
    Upstream plain = definition(http("", 1, 1), secure.actualPort());
    LiveUpstream trusted = live(overTls(plain, certificate.certificatePath(), "orders.example"));
    checker.watch(trusted);
    until(() -> trusted.endpoints().get(0).checkDetail().equals("status 200"));
    LiveUpstream misnamed = live(overTls(plain, certificate.certificatePath(), "users.example"));
    checker.watch(misnamed);
    until(() -> isRefused(misnamed.endpoints().get(0)));
    LiveUpstream untrusted = live(overTls(plain, "", "orders.example"));
    checker.watch(untrusted);
    until(() -> isRefused(untrusted.endpoints().get(0)));
  }

  @Test
  void anUpstreamWithoutACheckIsNotAsked() {
    checker.watch(live(definition(http("", 1, 1), server.actualPort())));
    assertThat(checker.watched()).isEqualTo(1);
    checker.watch(live(definition(ActiveCheck.DEFAULT, server.actualPort())));
    assertThat(checker.watched()).isZero();
  }

  private LiveEndpoint watch(ActiveCheck check) {
    return watch(check, server.actualPort());
  }

  private LiveEndpoint watch(Kind kind, String text, int unhealthy, int healthy, int port) {
    return watch(check(kind, text, unhealthy, healthy), port);
  }

  private LiveEndpoint watch(ActiveCheck check, int port) {
    LiveUpstream upstream = live(definition(check, port));
    checker.watch(upstream);
    return upstream.endpoints().get(0);
  }

  private static LiveUpstream live(Upstream definition) {
    return Upstreams.live(definition, new Ticker());
  }

  private static Upstream definition(ActiveCheck check, int port) {
    Upstream plain = Upstream.of("orders", List.of(Endpoint.of("127.0.0.1", port)));
    return Upstreams.with(plain, check);
  }

  /** Unhealthy for the certificate and not for a slow machine. */
  private static boolean isRefused(LiveEndpoint endpoint) {
    return !endpoint.healthy()
        && endpoint.checkDetail().matches("(?i).*(certificate|certification|ssl|name).*");
  }

  private static Upstream overTls(Upstream upstream, String trustPath, String serverName) {
    JsonObject json = upstream.toJson();
    json.getJsonObject("connection")
        .put("tls", true)
        .put("tlsTrustPath", trustPath)
        .put("tlsServerName", serverName);
    return Upstream.from(Fields.of(json));
  }

  private static ActiveCheck http(String text, int unhealthyAfter, int healthyAfter) {
    return check(Kind.HTTP, text, unhealthyAfter, healthyAfter);
  }

  private static ActiveCheck check(Kind kind, String text, int unhealthyAfter, int healthyAfter) {
    return new ActiveCheck(
        kind,
        "/",
        Method.GET,
        200,
        299,
        text,
        Duration.ofMillis(100),
        0.5,
        Duration.ofMillis(150),
        unhealthyAfter,
        healthyAfter,
        "");
  }

  private HttpServer listen(int port) {
    return await(
        vertx
            .createHttpServer()
            .requestHandler(
                request -> {
                  asked.incrementAndGet();
                  answer.accept(request);
                })
            .listen(port, "127.0.0.1"));
  }

  private static void end(HttpServerRequest request, int status, String body) {
    request.response().setStatusCode(status).end(body);
  }

  private void until(BooleanSupplier condition) {
    for (int i = 0; i < ATTEMPTS && !condition.getAsBoolean(); i++) {
      await(vertx.timer(5, TimeUnit.MILLISECONDS));
    }
    assertThat(condition.getAsBoolean()).isTrue();
  }
}
