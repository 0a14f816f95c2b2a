package io.vertebra.http;

import static io.vertebra.testkit.Waiting.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertebra.api.Fields;
import io.vertebra.api.Lifecycle;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.http.StreamResetException;
import io.vertx.core.json.JsonObject;
import io.vertx.junit5.VertxExtension;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a listener lets through and what it turns away, byte for byte. */
@ExtendWith(VertxExtension.class)
final class HttpListenerTest {
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final Lifecycle lifecycle = new Lifecycle();
  private final Promise<Void> release = Promise.promise();
  private final CountDownLatch waiting = new CountDownLatch(1);
  private Vertx vertx;
  private HttpListener listener;
  private int port;

  /** Held here because Vert.x closes a client that nothing refers to. */
  private HttpClient client;

  @BeforeEach
  void keep(Vertx vertx) {
    this.vertx = vertx;
    lifecycle.ready();
  }

  @AfterEach
  void close() {
    if (listener != null) {
      await(listener.close());
    }
  }

  private void listen(String... options) {
    JsonObject json = new JsonObject().put("port", 0);
    for (int i = 0; i < options.length; i += 2) {
      Object value =
          options[i + 1].matches("\\d+") ? Integer.valueOf(options[i + 1]) : options[i + 1];
      json.put(options[i], "true".equals(value) ? (Object) true : value);
    }
    ListenerOptions read = ListenerOptions.from(Fields.of(json), ListenerOptions.API);
    listener = new HttpListener(vertx, read, "test", meters, lifecycle);
    port = await(listener.listen(this::answer, request -> "/probe".equals(request.path())));
  }

  private void answer(HttpServerRequest request) {
    if ("/wait".equals(request.path())) {
      waiting.countDown();
      release.future().onComplete(go -> request.response().end("waited"));
    } else if ("/tunnel".equals(request.path())) {
      request.toNetSocket().onSuccess(socket -> socket.handler(socket::write));
    } else {
      request.body().onComplete(body -> request.response().end("seen " + request.uri()));
    }
  }

  private double refused(String reason) {
    return meters.get("vertebra.http.refused").tag("reason", reason).counter().count();
  }

  private double gauge(String name) {
    return meters.get(name).gauge().value();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET / HTTP/1.1\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n",
        "GET / HTTP/1.1\r\nHost:\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a b\r\n\r\n",
        "GET http://b/ HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET a HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET /a#b HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET /\u00e9 HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET * HTTP/1.1\r\nHost: a\r\n\r\n",
        "CONNECT a:80 HTTP/1.1\r\nHost: a:80\r\n\r\n",
        "GET / HTTP/1.2\r\nHost: a\r\n\r\n",
        "GET / HTTP/2.0\r\nHost: a\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nContent-Length: 3\r\n\r\nabc",
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3, 3\r\n\r\nabc",
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: +3\r\n\r\nabc",
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -3\r\n\r\nabc",
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0x3\r\n\r\nabc",
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3 3\r\n\r\nabc",
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length:\r\n\r\n",
        "POST / HTTP/1.0\r\nHost: a\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabc",
        "POST / HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n"
            + "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nX : b\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nX: b\r\n c\r\n\r\n",
        "GET / HTTP/1.1\r\n Host: a\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nX: b\r\n\tc\r\n\r\n",
        "GET / HTTP/1.1\nHost: a\n\n",
        "GET / HTTP/1.1\r\nHost: a\nX: b\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nX\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\n: b\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nX: b\u0000c\r\n\r\n",
        "G(T / HTTP/1.1\r\nHost: a\r\n\r\n",
      })
  void refusesWhatIsReadInTwoWaysAndCloses(String request) throws Exception {
    listen();
    try (RawClient client = new RawClient(port)) {
      String answer = client.send(request).untilClosed();
      assertThat(answer).containsPattern("^HTTP/1.[01] 400 ").contains("application/problem+json");
      assertThat(answer).contains("\"code\":\"invalid\"").doesNotContain("seen");
    }
    assertThat(refused("malformed")).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET / HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET http://a/ HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET http://A HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: [::1]:8080\r\nContent-Length: 3\r\n\r\nabc",
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: Chunked\r\n\r\n3\r\n a\n\r\n0\r\n\r\n",
      })
  void passesWhatIsReadInOneWay(String request) throws Exception {
    listen();
    try (RawClient client = new RawClient(port)) {
      assertThat(client.send(request).until("seen /")).containsPattern("^HTTP/1.[01] 200 ");
      assertThat(client.send(request).until("seen /")).containsPattern("^HTTP/1.[01] 200 ");
    }
  }

  @Test
  void refusesTheSecondRequestOfAConnectionToo() throws Exception {
    listen();
    try (RawClient client = new RawClient(port)) {
      client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n\n ").until("seen /");
      client.send("POST /b HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n");
      client.send("Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n");
      assertThat(client.untilClosed()).startsWith("HTTP/1.1 400 ");
    }
  }

  @Test
  void seesAFoldThatIsSplitBetweenTwoReads() throws Exception {
    listen();
    try (RawClient client = new RawClient(port);
        RawClient other = new RawClient(port)) {
      client.send("GET / HTTP/1.1\r\nHost: a\r\nX: b\r\n");
      // An answer on another connection does not prove that the bytes above were read, but the
      // outcome must be the same either way.
      other.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n").until("seen /");
      assertThat(client.send(" c\r\n\r\n").untilClosed()).startsWith("HTTP/1.1 400 ");
    }
  }

  @Test
  void refusesALongRequestLine() throws Exception {
    listen("requestLineBytes", "4096");
    try (RawClient client = new RawClient(port)) {
      client.send("GET /" + "a".repeat(5000) + " HTTP/1.1\r\nHost: a\r\n\r\n");
      assertThat(client.untilClosed()).startsWith("HTTP/1.0 414 ").contains("problem+json");
    }
    assertThat(refused("request_line")).isEqualTo(1);
  }

  @Test
  void refusesLongHeaders() throws Exception {
    listen("headerBytes", "4096");
    try (RawClient client = new RawClient(port)) {
      client.send("GET / HTTP/1.1\r\nHost: a\r\nX: " + "a".repeat(5000) + "\r\n\r\n");
      assertThat(client.untilClosed()).startsWith("HTTP/1.1 431 ").contains("problem+json");
    }
    assertThat(refused("headers")).isEqualTo(1);
  }

  @Test
  void refusesALongBodyBeforeItIsSent() throws Exception {
    listen("bodyBytes", "100");
    try (RawClient client = new RawClient(port)) {
      client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 101\r\n\r\n");
      assertThat(client.untilClosed()).startsWith("HTTP/1.1 413 ").contains("too_large");
    }
    try (RawClient client = new RawClient(port)) {
      client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\n" + "a".repeat(100));
      assertThat(client.until("seen /")).startsWith("HTTP/1.1 200 ");
    }
    assertThat(refused("body")).isEqualTo(1);
  }

  @Test
  void closesAConnectionThatIsSilent() throws Exception {
    listen("idleTimeoutMs", "200");
    try (RawClient client = new RawClient(port)) {
      assertThat(client.send("GET / HTTP/1.1\r\nHo").untilClosed()).isEmpty();
    }
  }

  @Test
  void closesTheConnectionBeyondTheLimitAndTakesTheNextOneAfterwards() throws Exception {
    listen("maxConnections", "2");
    try (RawClient first = new RawClient(port);
        RawClient second = new RawClient(port);
        RawClient third = new RawClient(port)) {
      first.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n").until("seen /");
      second.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n").until("seen /");
      assertThat(third.untilClosed()).isEmpty();
      assertThat(gauge("vertebra.http.connections")).isEqualTo(2);
    }
    assertThat(refused("connections")).isEqualTo(1);
    awaitGauge("vertebra.http.connections", 0);
    try (RawClient next = new RawClient(port)) {
      next.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n").until("seen /");
    }
  }

  private void awaitGauge(String name, double wanted) {
    Promise<Void> reached = Promise.promise();
    long timer =
        vertx.setPeriodic(
            10,
            tick -> {
              if (gauge(name) == wanted) {
                reached.tryComplete();
              }
            });
    await(reached.future());
    vertx.cancelTimer(timer);
  }

  @Test
  void refusesRequestsBeyondTheLimitAndKeepsTheConnection() throws Exception {
    listen("maxInFlight", "1");
    try (RawClient first = new RawClient(port);
        RawClient second = new RawClient(port)) {
      first.send("GET /wait HTTP/1.1\r\nHost: a\r\n\r\n");
      assertThat(waiting.await(5, TimeUnit.SECONDS)).isTrue();
      String refusal = second.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n").until("}");
      assertThat(refusal).startsWith("HTTP/1.1 503 ").containsIgnoringCase("retry-after: 1");
      assertThat(second.send("GET /probe HTTP/1.1\r\nHost: a\r\n\r\n").until("seen /probe"))
          .startsWith("HTTP/1.1 200 ");
      release.complete();
      first.until("waited");
      awaitGauge("vertebra.http.in.flight", 0);
      second.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n").until("seen /");
    }
    assertThat(refused("in_flight")).isEqualTo(1);
  }

  @Test
  void forgetsARequestWhoseClientGoesAway() throws Exception {
    listen();
    try (RawClient client = new RawClient(port)) {
      client.send("GET /wait HTTP/1.1\r\nHost: a\r\n\r\n");
      assertThat(waiting.await(5, TimeUnit.SECONDS)).isTrue();
      assertThat(lifecycle.inFlight()).isEqualTo(1);
    }
    awaitGauge("vertebra.http.in.flight", 0);
    assertThat(lifecycle.inFlight()).isZero();
  }

  @Test
  void countsATunnelUntilItIsClosed() throws Exception {
    listen();
    try (RawClient client = new RawClient(port)) {
      client.send("GET /tunnel HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n");
      client.until("\r\n\r\n");
      assertThat(client.send("echo").until("echo")).isEqualTo("echo");
      assertThat(gauge("vertebra.http.in.flight")).isEqualTo(1);
    }
    awaitGauge("vertebra.http.in.flight", 0);
    assertThat(lifecycle.inFlight()).isZero();
  }

  @Test
  void answersWhatIsUnderWayAndRefusesWhatIsNewWhileDraining() throws Exception {
    listen();
    try (RawClient busy = new RawClient(port);
        RawClient late = new RawClient(port)) {
      late.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n").until("seen /");
      busy.send("GET /wait HTTP/1.1\r\nHost: a\r\n\r\n");
      assertThat(waiting.await(5, TimeUnit.SECONDS)).isTrue();
      var drained = lifecycle.drain();
      assertThat(late.send("GET /probe HTTP/1.1\r\nHost: a\r\n\r\n").until("seen /probe"))
          .startsWith("HTTP/1.1 200 ");
      String refusal = late.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n").untilClosed();
      assertThat(refusal).startsWith("HTTP/1.1 503 ").containsIgnoringCase("connection: close");
      assertThat(refusal).containsIgnoringCase("retry-after");
      assertThat(drained.isComplete()).isFalse();
      release.complete();
      busy.until("waited");
      await(drained);
    }
    assertThat(refused("draining")).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"prior knowledge", "upgrade"})
  void speaksHttp2OnClearText(String how) {
    listen("bodyBytes", "10");
    openHttp2(how.equals("upgrade"));
    HttpClientResponse response = request(HttpMethod.GET, "");
    assertThat(response.version()).isEqualTo(HttpVersion.HTTP_2);
    assertThat(response.statusCode()).isEqualTo(200);
    HttpClientResponse refusal = request(HttpMethod.POST, "more than ten");
    assertThat(refusal.version()).isEqualTo(HttpVersion.HTTP_2);
    assertThat(refusal.statusCode()).isEqualTo(413);
    awaitGauge("vertebra.http.in.flight", 0);
    await(lifecycle.drain());
    assertThat(request(HttpMethod.GET, "").statusCode()).isEqualTo(503);
  }

  @ParameterizedTest
  @ValueSource(strings = {"/a b", "/a#b", "a"})
  void refusesAnHttp2RequestWhosePathIsNone(String path) {
    listen();
    openHttp2(false);
    RequestOptions target = new RequestOptions().setHost("127.0.0.1").setPort(port).setURI(path);
    HttpClientResponse response = await(client.request(target).compose(request -> request.send()));
    assertThat(response.version()).isEqualTo(HttpVersion.HTTP_2);
    assertThat(response.statusCode()).isEqualTo(400);
  }

  @Test
  void resetsAnHttp2RequestThatNamesTwoHosts() {
    listen();
    openHttp2(false);
    RequestOptions target =
        new RequestOptions().setHost("127.0.0.1").setPort(port).setURI("/").putHeader("host", "b");
    assertThatExceptionOfType(StreamResetException.class)
        .isThrownBy(() -> await(client.request(target).compose(request -> request.send())));
  }

  private void openHttp2(boolean byUpgrade) {
    client =
        vertx.createHttpClient(
            new HttpClientOptions()
                .setProtocolVersion(HttpVersion.HTTP_2)
                .setHttp2ClearTextUpgrade(byUpgrade));
  }

  private HttpClientResponse request(HttpMethod method, String body) {
    RequestOptions target =
        new RequestOptions().setMethod(method).setHost("127.0.0.1").setPort(port).setURI("/");
    return await(client.request(target).compose(request -> request.send(body)));
  }

  @Test
  void readsTheClientsAddressFromTheProxyProtocol() throws Exception {
    JsonObject json = new JsonObject().put("port", 0).put("proxyProtocol", true);
    ListenerOptions read = ListenerOptions.from(Fields.of(json), ListenerOptions.API);
    listener = new HttpListener(vertx, read, "test", meters, lifecycle);
    port =
        await(
            listener.listen(
                request -> request.response().end("from " + request.remoteAddress().host())));
    try (RawClient client = new RawClient(port)) {
      client.send("PROXY TCP4 192.0.2.7 127.0.0.1 4711 80\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n");
      client.until("from 192.0.2.7");
    }
    try (RawClient client = new RawClient(port)) {
      client.send("PROXY TCP4 192.0.2.7 127.0.0.1 4711 80\r\nGET / HTTP/1.1\r\n\r\n");
      assertThat(client.untilClosed()).startsWith("HTTP/1.1 400 ");
    }
  }

  @Test
  void sharesItsPortAndItsLimitsAmongInstances() throws Exception {
    listen("maxConnections", "3");
    for (int i = 0; i < 3; i++) {
      assertThat(await(listener.listen(this::answer))).isEqualTo(port);
    }
    try (RawClient first = new RawClient(port);
        RawClient second = new RawClient(port);
        RawClient third = new RawClient(port);
        RawClient fourth = new RawClient(port)) {
      first.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n").until("seen /");
      second.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n").until("seen /");
      third.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n").until("seen /");
      assertThat(fourth.untilClosed()).isEmpty();
    }
  }

  private void listenWithBodyTime() {
    ListenerOptions read =
        ListenerOptions.from(Fields.of(new JsonObject().put("port", 0)), ListenerOptions.API);
    listener = new HttpListener(vertx, read, "test", meters, lifecycle);
    listener.limitBodies(Duration.ofMillis(200));
    listener.admitUploads("/upload");
    port = await(listener.listen(this::answer, request -> false));
  }

  @ParameterizedTest
  @ValueSource(strings = {"Content-Length: 100", "Transfer-Encoding: chunked"})
  void waitsForABodyNoLongerThanItsTimeHoweverSteadilyItTrickles(String framing)
      throws IOException {
    listenWithBodyTime();
    try (RawClient slow = new RawClient(port)) {
      slow.send("POST / HTTP/1.1\r\nHost: a\r\n" + framing + "\r\n\r\n");
      long trickle = vertx.setPeriodic(20, timer -> trickle(slow, framing));
      String answer = slow.untilClosed();
      assertThat(vertx.cancelTimer(trickle)).isTrue();
      assertThat(answer).contains(" 408 ").contains("too_slow").contains("200 ms");
    }
    assertThat(refused("body_timeout")).isEqualTo(1);
    awaitGauge("vertebra.http.in.flight", 0);
  }

  private static void trickle(RawClient client, String framing) {
    try {
      RawClient unused = client.send(framing.startsWith("Content") ? "a" : "1\r\na\r\n");
    } catch (IOException closed) {
      // It was refused.
    }
  }

  @Test
  void takesABodyThatComesInTimeAndAnUploadThatDoesNot() throws IOException {
    listenWithBodyTime();
    try (RawClient client = new RawClient(port);
        RawClient upload = new RawClient(port);
        RawClient slow = new RawClient(port)) {
      client.send("POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\na").send("b");
      assertThat(client.until("seen /a")).contains(" 200 ");
      upload.send("POST /upload HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\na");
      slow.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\na");
      assertThat(slow.untilClosed()).contains(" 408 ");
      upload.send("b");
      assertThat(upload.until("seen /upload")).contains(" 200 ");
      client.send("GET /b HTTP/1.1\r\nHost: a\r\n\r\n");
      assertThat(client.until("seen /b")).as("the connection lasts").contains(" 200 ");
    }
  }

  @Test
  void endsAStreamOfHttp2WhoseBodyTakesTooLongAndNoOther() {
    listenWithBodyTime();
    client =
        vertx.createHttpClient(
            new HttpClientOptions()
                .setProtocolVersion(HttpVersion.HTTP_2)
                .setHttp2ClearTextUpgrade(false));
    HttpClientRequest slow = await(client.request(HttpMethod.POST, port, "127.0.0.1", "/"));
    Future<Void> unused = slow.setChunked(true).write("a");
    assertThat(await(slow.response()).statusCode()).isEqualTo(408);
    HttpClientRequest other = await(client.request(HttpMethod.GET, port, "127.0.0.1", "/a"));
    assertThat(await(other.send()).statusCode()).isEqualTo(200);
  }
}
