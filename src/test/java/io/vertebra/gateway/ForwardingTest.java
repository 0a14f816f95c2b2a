package io.vertebra.gateway;

import static io.vertebra.testkit.Waiting.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientAgent;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.client.HttpResponse;
import io.vertx.ext.web.client.WebClient;
import java.io.IOException;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What crosses the gateway, and what does not. */
final class ForwardingTest {
  private GatewayRig rig;
  private WebClient client;
  private HttpClientAgent http;

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
  void passesMethodPathQueryBodyAndStatus() {
    HttpServer origin =
        rig.origin(
            request ->
                request
                    .body()
                    .onSuccess(
                        body ->
                            request
                                .response()
                                .setStatusCode(201)
                                .putHeader("x-seen", request.method() + " " + request.uri())
                                .end(Buffer.buffer("got ").appendBuffer(body))));
    rig.routeAllTo(origin.actualPort());
    HttpResponse<Buffer> response =
        await(
            client
                .post(rig.port(), GatewayRig.HOST, "/a/b?c=d&e=%20f")
                .sendBuffer(Buffer.buffer("something")));
    assertThat(response.statusCode()).isEqualTo(201);
    assertThat(response.getHeader("x-seen")).isEqualTo("POST /a/b?c=d&e=%20f");
    assertThat(response.bodyAsString()).isEqualTo("got something");
  }

  @Test
  void sendsTheEndpointNoHeaderOfTheClientsConnection() throws IOException {
    try (ServerSocket server = RawSocket.server()) {
      rig.routeAllTo(server.getLocalPort());
      try (RawSocket user = RawSocket.connect(rig.port())) {
        user.send(
            """
            GET /x HTTP/1.1\r
            Host: shop.example\r
            Connection: keep-alive, X-Private\r
            X-Private: secret\r
            Keep-Alive: timeout=5\r
            TE: trailers, deflate\r
            Proxy-Authorization: Basic abc\r
            Proxy-Connection: keep-alive\r
            Upgrade: foo\r
            X-Forwarded-For: 6.6.6.6\r
            Forwarded: for=6.6.6.6\r
            X-Kept: yes\r
            \r
            """);
        try (RawSocket endpoint = RawSocket.accept(server)) {
          String head = endpoint.readUntil("\r\n\r\n");
          String lower = head.toLowerCase(Locale.ROOT);
          assertThat(head).startsWith("GET /x HTTP/1.1\r\n");
          assertThat(lower)
              .contains("host: shop.example\r\n", "x-kept: yes\r\n", "via: 1.1 vertebra\r\n")
              .contains("x-forwarded-for: 127.0.0.1\r\n", "x-forwarded-proto: http\r\n")
              .contains("forwarded: for=127.0.0.1;host=\"shop.example\";proto=http\r\n")
              .contains("te: trailers\r\n")
              .containsPattern("traceparent: 00-[0-9a-f]{32}-[0-9a-f]{16}-00\r\n")
              .doesNotContain(
                  "x-private", "keep-alive", "proxy-", "upgrade:", "6.6.6.6", "deflate");
          endpoint.send(
              "HTTP/1.1 200 OK\r\nConnection: X-Inner\r\nX-Inner: 1\r\nKeep-Alive: timeout=9\r\n"
                  + "Proxy-Authenticate: Basic\r\nX-Outer: 2\r\nContent-Length: 2\r\n\r\nok");
          String answer = user.readUntil("ok").toLowerCase(Locale.ROOT);
          assertThat(answer)
              .contains("x-outer: 2\r\n", "via: 1.1 vertebra\r\n")
              .doesNotContain("x-inner", "keep-alive", "proxy-authenticate");
        }
      }
    }
  }

  @Test
  void takesATrustedProxysWordOnTheClient() {
    rig.close();
    rig = new GatewayRig(new JsonObject().put("trustedProxies", List.of("127.0.0.0/8")));
    client = WebClient.create(rig.vertx);
    HttpServer origin = rig.origin(r -> r.response().end(r.getHeader("x-forwarded-for")));
    rig.routeAllTo(origin.actualPort());
    HttpResponse<Buffer> response =
        await(
            client
                .get(rig.port(), GatewayRig.HOST, "/")
                .putHeader("x-forwarded-for", "9.9.9.9")
                .send());
    assertThat(response.bodyAsString()).isEqualTo("9.9.9.9, 127.0.0.1");
  }

  @Test
  void passesTrailersOfTheAnswerOn() throws IOException {
    try (ServerSocket server = RawSocket.server()) {
      rig.routeAllTo(server.getLocalPort());
      try (RawSocket user = RawSocket.connect(rig.port())) {
        user.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        try (RawSocket endpoint = RawSocket.accept(server)) {
          endpoint.readUntil("\r\n\r\n");
          endpoint.send(
              "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n"
                  + "2\r\nok\r\n0\r\nX-Sum: 17\r\n\r\n");
          String answer = user.readUntil("17\r\n\r\n");
          assertThat(answer).contains("2\r\nok\r\n0\r\n").containsIgnoringCase("x-sum: 17");
        }
      }
    }
  }

  @Test
  void answersHeadAndNotModifiedWithoutABodyButWithTheLength() throws IOException {
    HttpServer origin =
        rig.origin(
            r ->
                r.response()
                    .setStatusCode(r.path().equals("/304") ? 304 : 200)
                    .putHeader("content-length", "1234")
                    .end());
    rig.routeAllTo(origin.actualPort());
    HttpResponse<Buffer> head = await(client.head(rig.port(), GatewayRig.HOST, "/").send());
    assertThat(head.getHeader("content-length")).isEqualTo("1234");
    try (RawSocket user = RawSocket.connect(rig.port())) {
      user.send("GET /304 HTTP/1.1\r\nHost: a\r\n\r\n");
      assertThat(user.readUntil("\r\n\r\n")).startsWith("HTTP/1.1 304 ");
      user.send("HEAD / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
      assertThat(user.readAll()).startsWith("HTTP/1.1 200 ").endsWith("\r\n\r\n");
    }
  }

  @Test
  void passesEventsOnAsTheyAreSent() throws InterruptedException {
    List<io.vertx.core.http.HttpServerResponse> open = new ArrayList<>();
    HttpServer origin =
        rig.origin(
            r -> {
              r.response().setChunked(true).putHeader("content-type", "text/event-stream");
              r.response().writeHead();
              open.add(r.response());
            });
    rig.routeAllTo(origin.actualPort());
    BlockingQueue<String> events = new LinkedBlockingQueue<>();
    http = rig.vertx.createHttpClient();
    HttpClientResponse response =
        await(
            http.request(HttpMethod.GET, rig.port(), GatewayRig.HOST, "/events")
                .compose(
                    request ->
                        request
                            .send()
                            .onSuccess(r -> r.handler(chunk -> events.add(chunk.toString())))));
    assertThat(response.getHeader("content-type")).isEqualTo("text/event-stream");
    for (String event : List.of("data: 1\n\n", "data: 2\n\n")) {
      open.get(0).write(event);
      assertThat(events.poll(5, TimeUnit.SECONDS)).isEqualTo(event);
    }
  }

  @Test
  void asksForTheBodyOnlyWhenTheEndpointDoes() throws IOException {
    try (ServerSocket server = RawSocket.server()) {
      rig.routeAllTo(server.getLocalPort());
      try (RawSocket user = RawSocket.connect(rig.port())) {
        user.send(
            "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n");
        try (RawSocket endpoint = RawSocket.accept(server)) {
          assertThat(endpoint.readUntil("\r\n\r\n")).containsIgnoringCase("expect: 100-continue");
          endpoint.send("HTTP/1.1 100 Continue\r\n\r\n");
          assertThat(user.readUntil("\r\n\r\n")).startsWith("HTTP/1.1 100 ");
          user.send("body");
          assertThat(endpoint.readUntil("body")).isEqualTo("body");
          endpoint.send("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ndone");
          assertThat(user.readUntil("done")).startsWith("HTTP/1.1 200 ");
        }
      }
    }
  }

  @Test
  void closesTheConnectionWhenTheExpectedBodyIsNotWanted() throws IOException {
    try (ServerSocket server = RawSocket.server()) {
      rig.routeAllTo(server.getLocalPort());
      try (RawSocket user = RawSocket.connect(rig.port())) {
        user.send(
            "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n");
        try (RawSocket endpoint = RawSocket.accept(server)) {
          endpoint.readUntil("\r\n\r\n");
          endpoint.send("HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno");
          String answer = user.readAll();
          assertThat(answer).startsWith("HTTP/1.1 403 ").endsWith("no");
          assertThat(answer).containsIgnoringCase("connection: close");
        }
      }
    }
  }

  @Test
  void passesEarlyHintsOn() throws IOException {
    try (ServerSocket server = RawSocket.server()) {
      rig.routeAllTo(server.getLocalPort());
      try (RawSocket user = RawSocket.connect(rig.port())) {
        user.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        try (RawSocket endpoint = RawSocket.accept(server)) {
          endpoint.readUntil("\r\n\r\n");
          endpoint.send("HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\n\r\n");
          String hints = user.readUntil("\r\n\r\n");
          assertThat(hints).startsWith("HTTP/1.1 103 ").containsIgnoringCase("</a.css>");
          endpoint.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
          assertThat(user.readUntil("ok")).startsWith("HTTP/1.1 200 ");
        }
      }
    }
  }

  @Test
  void servesAnOldClientWithoutChunks() throws IOException {
    HttpServer origin =
        rig.origin(
            r ->
                r.response()
                    .setChunked(true)
                    .write("one ")
                    .onSuccess(w -> r.response().end("two")));
    rig.routeAllTo(origin.actualPort());
    try (RawSocket user = RawSocket.connect(rig.port())) {
      user.send("GET / HTTP/1.0\r\nHost: a\r\n\r\n");
      String answer = user.readAll();
      assertThat(answer).endsWith("\r\n\r\none two").doesNotContainIgnoringCase("chunked");
    }
  }

  @Test
  void rewritesPrefixHeadersAndHost() {
    HttpServer origin =
        rig.origin(
            r ->
                r.response()
                    .putHeader("server", "inner")
                    .end(r.uri() + " " + r.getHeader("host") + " " + r.getHeader("x-team")));
    rig.routeAllTo(origin.actualPort());
    rig.route(
        new JsonObject()
            .put("name", "shop")
            .put("upstream", "web")
            .put("match", new JsonObject().put("path", new JsonObject().put("prefix", "/shop")))
            .put(
                "rewrite",
                new JsonObject()
                    .put("stripPrefix", true)
                    .put("host", "upstream")
                    .put("setRequestHeaders", new JsonObject().put("x-team", "blue"))
                    .put("removeResponseHeaders", List.of("server"))));
    HttpResponse<Buffer> response =
        await(client.get(rig.port(), GatewayRig.HOST, "/shop/cart?n=1").send());
    assertThat(response.bodyAsString())
        .isEqualTo("/cart?n=1 127.0.0.1:" + origin.actualPort() + " blue");
    assertThat(response.getHeader("server")).isNull();
  }

  @Test
  void continuesTheCallersTrace() {
    HttpServer origin = rig.origin(r -> r.response().end(r.getHeader("traceparent")));
    rig.routeAllTo(origin.actualPort());
    String trace = "0af7651916cd43dd8448eb211c80319c";
    HttpResponse<Buffer> response =
        await(
            client
                .get(rig.port(), GatewayRig.HOST, "/")
                .putHeader("traceparent", "00-" + trace + "-b7ad6b7169203331-01")
                .send());
    assertThat(response.bodyAsString())
        .startsWith("00-" + trace + "-")
        .endsWith("-01")
        .doesNotContain("b7ad6b7169203331");
  }

  @Test
  void answersARequestWithoutARouteWithAProblem() {
    HttpResponse<Buffer> response = await(client.get(rig.port(), GatewayRig.HOST, "/none").send());
    assertThat(response.statusCode()).isEqualTo(404);
    assertThat(response.getHeader("content-type")).isEqualTo("application/problem+json");
    assertThat(response.bodyAsJsonObject().getString("code")).isEqualTo("not_found");
    assertThat(response.bodyAsJsonObject().getString("instance")).isEqualTo("/none");
  }
}
