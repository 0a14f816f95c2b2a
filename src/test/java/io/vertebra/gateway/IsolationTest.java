package io.vertebra.gateway;

import static io.vertebra.testkit.Waiting.await;
import static io.vertebra.testkit.Waiting.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientAgent;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.NetServer;
import java.io.IOException;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** One bad client or endpoint does not hurt the others, nor is one blamed for the other. */
final class IsolationTest {
  private GatewayRig rig;
  private HttpClientAgent client;

  @BeforeEach
  void start() {
    rig = new GatewayRig();
  }

  @AfterEach
  void stop() {
    rig.close();
  }

  @Test
  void serveTheNextRequestAfterARefusedUpgrade() {
    HttpServer origin = rig.origin(request -> request.response().setStatusCode(404).end("no"));
    rig.routeAllTo(origin.actualPort());
    for (int i = 0; i < 10; i++) {
      try (RawSocket user = RawSocket.connect(rig.port())) {
        user.send("GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n");
        assertThat(user.readUntil("no")).startsWith("HTTP/1.1 404 ");
        user.send("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
        assertThat(user.readAll()).startsWith("HTTP/1.1 404 ").endsWith("no");
      }
    }
    assertThat(rig.endpoint(origin.actualPort()).getLong("failures")).isZero();
  }

  @Test
  void forwardAnUpgradeWithABodyAsAPlainRequest() {
    HttpServer origin =
        rig.origin(
            r -> r.body().onSuccess(b -> r.response().end(b + " " + r.getHeader("upgrade"))));
    rig.routeAllTo(origin.actualPort());
    try (RawSocket user = RawSocket.connect(rig.port())) {
      user.send(
          "GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: x\r\n"
              + "Content-Length: 4\r\n\r\nbody");
      assertThat(user.readUntil("null")).endsWith("body null");
    }
  }

  @Test
  void forwardAnUpgradeToAnHttp2EndpointAsAPlainRequest() {
    HttpServer origin = rig.origin(request -> request.response().setStatusCode(426).end("no"));
    rig.routeAllTo(http2(), origin.actualPort());
    try (RawSocket user = RawSocket.connect(rig.port())) {
      user.send("GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n");
      assertThat(user.readUntil("no")).startsWith("HTTP/1.1 426 ");
    }
  }

  @Test
  void answer502ToASwitchOfProtocolsThatNobodyAskedFor() throws IOException {
    try (ServerSocket server = RawSocket.server()) {
      rig.routeAllTo(server.getLocalPort());
      try (RawSocket user = RawSocket.connect(rig.port())) {
        user.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        try (RawSocket endpoint = RawSocket.accept(server)) {
          endpoint.readUntil("\r\n\r\n");
          endpoint.send("HTTP/1.1 101 Switching\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n");
          assertThat(user.readUntil("\r\n\r\n")).startsWith("HTTP/1.1 502 ");
        }
      }
    }
  }

  @Test
  void giveEachRequestItsOwnAnswerAfterAnInterimOne() throws IOException {
    try (ServerSocket server = RawSocket.server()) {
      rig.routeAllTo(server.getLocalPort());
      try (RawSocket user = RawSocket.connect(rig.port())) {
        user.send("GET /one HTTP/1.1\r\nHost: a\r\n\r\n");
        try (RawSocket endpoint = RawSocket.accept(server)) {
          endpoint.readUntil("\r\n\r\n");
          endpoint.send("HTTP/1.1 102 Processing\r\nX-A: 1\r\n\r\nHTTP/1.1 104 Upload\r\n\r\n");
          endpoint.send("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\none");
          assertThat(user.readUntil("one")).startsWith("HTTP/1.1 200 ").endsWith("\r\n\r\none");
          user.send("GET /two HTTP/1.1\r\nHost: a\r\n\r\n");
          assertThat(endpoint.readUntil("\r\n\r\n")).startsWith("GET /two ");
          endpoint.send("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\ntwo");
          assertThat(user.readUntil("two")).startsWith("HTTP/1.1 200 ").endsWith("\r\n\r\ntwo");
        }
      }
    }
  }

  @Test
  void blameTheClientForABodyThatDoesNotCome() {
    HttpServer origin =
        rig.origin(r -> r.body().onSuccess(body -> r.response().end("got " + body)));
    rig.routeAllTo(timeouts(200, 60_000), origin.actualPort());
    for (int i = 0; i < 7; i++) {
      try (RawSocket user = RawSocket.connect(rig.port())) {
        user.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nhalf");
        assertThat(user.readUntil("\r\n\r\n")).startsWith("HTTP/1.1 408 ");
      }
    }
    assertThat(rig.endpoint(origin.actualPort()).getLong("failures")).isZero();
    assertThat(rig.endpoint(origin.actualPort()).getLong("ejections")).isZero();
  }

  @Test
  void blameTheClientThatStopsReading() {
    HttpServer origin =
        rig.origin(r -> r.response().putHeader("content-length", "90000000").write(large(20)));
    rig.routeAllTo(timeouts(30_000, 300), origin.actualPort());
    try (RawSocket user = RawSocket.connect(rig.port())) {
      user.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
      user.readUntil("\r\n\r\n");
      eventually(
          () -> {
            JsonObject endpoint = rig.endpoint(origin.actualPort());
            assertThat(endpoint.getInteger("inFlight")).isZero();
            assertThat(endpoint.getLong("requests")).isOne();
          });
    }
    assertThat(rig.endpoint(origin.actualPort()).getLong("failures")).isZero();
  }

  @Test
  void refuseControlCharactersInHttp2Fields() {
    HttpServer origin = rig.origin(request -> request.response().end("ok"));
    rig.routeAllTo(origin.actualPort());
    for (String value : List.of("a\u0001b", "a\r\n Transfer-Encoding: chunked")) {
      try (RawSocket user = RawSocket.connect(rig.port())) {
        String fields =
            "\u0082\u0086\u0084" + literal(":authority", "a") + literal("x-evil", value);
        user.send("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + frame(4, 0, 0, "") + frame(1, 5, 1, fields));
        assertThat(user.readUntil("control character")).contains("\"invalid\"");
      }
    }
  }

  @Test
  void letTheOthersReadWhileOneHttp2StreamIsNotRead() {
    HttpServer origin =
        rig.origin(r -> r.response().end(r.path().equals("/large") ? large(1) : small()));
    rig.routeAllTo(
        upstream ->
            upstream.put(
                "connection", new JsonObject().put("protocol", "http2").put("maxConnections", 1)),
        origin.actualPort());
    http(HttpVersion.HTTP_1_1);
    List<HttpClientResponse> paused = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      paused.add(
          await(request("/large").compose(r -> r.send().onSuccess(HttpClientResponse::pause))));
    }
    for (int i = 0; i < 8; i++) {
      assertThat(await(request("/small").compose(GatewayRig::fetch))).isEqualTo(small());
    }
    assertThat(paused).hasSize(8);
  }

  @Test
  void takeTheNextUploadAfterARefusedOneOverHttp2() {
    HttpServer origin =
        rig.origin(
            r -> {
              if (r.path().equals("/ok")) {
                r.body().onSuccess(body -> r.response().end("" + body.length()));
              } else {
                r.pause();
              }
            });
    rig.routeAllTo(timeouts(300, 60_000), origin.actualPort());
    http(HttpVersion.HTTP_2);
    for (int i = 0; i < 3; i++) {
      HttpClientResponse refused = await(request("/hang").compose(r -> r.send(large(1))));
      assertThat(refused.statusCode()).isEqualTo(504);
    }
    Buffer answer =
        await(request("/ok").compose(r -> r.send(large(1)).compose(HttpClientResponse::body)));
    assertThat(answer.toString()).isEqualTo("1048576");
  }

  @Test
  void answerAnUploadThatTheEndpointDoesNotRead() {
    HttpServer origin = rig.origin(request -> request.pause());
    rig.routeAllTo(timeouts(300, 60_000), origin.actualPort());
    http(HttpVersion.HTTP_1_1);
    HttpClientResponse refused = await(request("/").compose(r -> r.send(large(1))));
    assertThat(refused.statusCode()).isEqualTo(504);
  }

  @Test
  void closeTheConnectionAfterARefusalThatWasExpected() {
    try (RawSocket user = RawSocket.connect(rig.port())) {
      user.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n");
      assertThat(user.readAll())
          .startsWith("HTTP/1.1 404 ")
          .containsIgnoringCase("connection: close");
    }
  }

  @Test
  void endAnAnswerOfUnknownLengthToAnOldClientByClosing() {
    HttpServer origin = rig.origin(r -> r.response().setChunked(true).end("whole"));
    rig.routeAllTo(origin.actualPort());
    try (RawSocket user = RawSocket.connect(rig.port())) {
      user.send("GET / HTTP/1.0\r\nHost: a\r\nConnection: keep-alive\r\n\r\n");
      assertThat(user.readAll()).endsWith("\r\n\r\nwhole");
    }
  }

  @Test
  void dropWhatAnUntrustedPeerClaims() {
    HttpServer origin =
        rig.origin(
            r ->
                r.response()
                    .end(r.headers().names().toString().toLowerCase(java.util.Locale.ROOT)));
    rig.routeAllTo(origin.actualPort());
    try (RawSocket user = RawSocket.connect(rig.port())) {
      user.send(
          "GET / HTTP/1.1\r\nHost: a\r\nX-Forwarded-Prefix: /admin\r\nX-Real-IP: 1.1.1.1\r\n"
              + "Connection: keep-alive\r\nConnection: X-Secret\r\nX-Secret: 1\r\n\r\n");
      assertThat(user.readUntil("]"))
          .doesNotContain("x-forwarded-prefix", "x-real-ip", "x-secret")
          .contains("x-forwarded-for");
    }
  }

  @Test
  void tryAnotherEndpointWhenOneAcceptsAndStaysSilent() {
    List<Object> sockets = new ArrayList<>();
    NetServer silent =
        await(rig.vertx.createNetServer().connectHandler(sockets::add).listen(0, GatewayRig.HOST));
    HttpServer works = rig.origin(request -> request.response().end("ok"));
    rig.routeAllTo(
        upstream ->
            upstream.put(
                "connection",
                new JsonObject().put("protocol", "http2").put("connectTimeoutMs", 200)),
        silent.actualPort(),
        works.actualPort());
    http(HttpVersion.HTTP_1_1);
    List<Future<Buffer>> answers = new ArrayList<>();
    for (int i = 0; i < 32; i++) {
      answers.add(request("/").compose(GatewayRig::fetch));
    }
    for (Future<Buffer> answer : answers) {
      assertThat(await(answer).toString()).isEqualTo("ok");
    }
  }

  @Test
  void connectAsThePresentRoutingSaysWhenARequestOfAnOlderOneIsSentAgain() {
    Promise<Void> hangUp = Promise.promise();
    HttpServer old = rig.origin(r -> hangUp.future().onSuccess(go -> r.connection().close()));
    HttpServer works = rig.origin(r -> r.response().end(r.version().name()));
    UnaryOperator<JsonObject> order = upstream -> upstream;
    rig.routeAllTo(order, old.actualPort(), works.actualPort());
    http(HttpVersion.HTTP_1_1);
    Future<Buffer> first = request("/").compose(GatewayRig::fetch);
    Future<Buffer> second = request("/").compose(GatewayRig::fetch);
    eventually(() -> assertThat(rig.endpoint(old.actualPort()).getInteger("inFlight")).isOne());
    rig.routeAllTo(http2(), works.actualPort());
    hangUp.complete();
    await(Future.all(first, second));
    for (int i = 0; i < 6; i++) {
      assertThat(await(request("/").compose(GatewayRig::fetch)).toString()).isEqualTo("HTTP_2");
    }
  }

  private Future<HttpClientRequest> request(String path) {
    HttpMethod method =
        path.equals("/hang") || path.equals("/ok") ? HttpMethod.POST : HttpMethod.GET;
    return client.request(method, rig.port(), GatewayRig.HOST, path);
  }

  private void http(HttpVersion version) {
    client =
        rig.vertx.createHttpClient(
            new HttpClientOptions().setProtocolVersion(version).setHttp2ClearTextUpgrade(false),
            new io.vertx.core.http.PoolOptions().setHttp1MaxSize(64));
  }

  private static UnaryOperator<JsonObject> http2() {
    return upstream -> upstream.put("connection", new JsonObject().put("protocol", "http2"));
  }

  private static UnaryOperator<JsonObject> timeouts(int firstByteMs, int idleMs) {
    return upstream ->
        upstream.put(
            "timeouts", new JsonObject().put("firstByteMs", firstByteMs).put("idleMs", idleMs));
  }

  private static Buffer small() {
    return Buffer.buffer("small");
  }

  private static Buffer large(int mebibytes) {
    return Buffer.buffer(new byte[mebibytes << 20]);
  }

  /** A literal field without indexing (RFC 7541 section 6.2.2). */
  private static String literal(String name, String value) {
    return "\0" + (char) name.length() + name + (char) value.length() + value;
  }

  /** A frame (RFC 9113 section 4.1). */
  private static String frame(int type, int flags, int stream, String payload) {
    return "\0\0"
        + (char) payload.length()
        + (char) type
        + (char) flags
        + "\0\0\0"
        + (char) stream
        + payload;
  }
}
