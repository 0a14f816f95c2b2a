package io.vertebra.http;

import static io.vertebra.testkit.Waiting.await;
import static io.vertebra.testkit.Waiting.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertebra.api.BusDoor;
import io.vertebra.api.Failure;
import io.vertebra.api.FailureCode;
import io.vertebra.api.Fields;
import io.vertebra.api.Interceptor;
import io.vertebra.api.Lifecycle;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.client.HttpResponse;
import io.vertx.ext.web.client.WebClient;
import io.vertx.junit5.VertxExtension;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Feeds as clients see them: server-sent events and long polls, over HTTP and the bus. */
@ExtendWith(VertxExtension.class)
final class EventStreamTest {
  private final Notes notes = new Notes();
  private final Lifecycle lifecycle = new Lifecycle();
  private final PrometheusMeterRegistry meters =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private Vertx vertx;

  /** Held here because Vert.x closes a client that nothing refers to. */
  private WebClient client;

  private ApiServer server;
  private int port;

  @BeforeEach
  void start(Vertx vertx) {
    this.vertx = vertx;
    client = WebClient.create(vertx);
    JsonObject json =
        new JsonObject()
            .put("port", 0)
            .put("maxWaiting", 2)
            .put("maxInFlight", 1)
            .put("idleTimeoutMs", 1000);
    ApiOptions options = ApiOptions.from(Fields.of(json));
    lifecycle.ready();
    List<Interceptor> interceptors =
        List.of(new WaitInterceptor(vertx, lifecycle, meters, options.maxWaiting()));
    server = new ApiServer(vertx, "n1", options, lifecycle, meters, interceptors);
    await(server.door().open(notes.api()));
    await(new BusDoor(vertx, "n1", Interceptor.chain(interceptors)).open(notes.api()));
    port = await(server.start());
  }

  @AfterEach
  void stop() {
    await(server.close());
  }

  private RawClient follow(String... headers) throws Exception {
    RawClient client = new RawClient(port);
    client.send("GET /notes:watch HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\n");
    for (String header : headers) {
      client.send(header + "\r\n");
    }
    client.send("\r\n");
    return client;
  }

  private Future<HttpResponse<Buffer>> poll(String query) {
    return client.get(port, "127.0.0.1", "/notes:watch" + query).send();
  }

  private static JsonObject batch(long revision) {
    return new JsonObject().put("revision", revision).put("events", new JsonArray().add("a"));
  }

  private double waiting() {
    return meters.get("vertebra.operation.waiting").gauge().value();
  }

  @Test
  void sendsOneEventPerBatchWithItsRevisionAsId() throws Exception {
    notes.now(batch(5));
    notes.now(batch(6));
    try (RawClient client = follow()) {
      String head = client.until("\r\n\r\n");
      assertThat(head).startsWith("HTTP/1.1 200 ").contains("content-type: text/event-stream");
      assertThat(client.until("[\"a\"]}\n\n"))
          .endsWith("id: 5\nevent: watch\ndata: {\"revision\":5,\"events\":[\"a\"]}\n\n");
      assertThat(client.until("[\"a\"]}\n\n")).contains("id: 6\n");
    }
  }

  @Test
  void asksForNoBatchBeforeTheLastOneIsSent() throws Exception {
    notes.now(batch(5));
    try (RawClient client = follow()) {
      String unused = client.until("id: 5\n");
      eventually(() -> assertThat(notes.asked).hasValue(2));
      String more = client.until(":\n\n");
      assertThat(more).isNotEmpty();
      assertThat(notes.asked).hasValue(2);
    }
  }

  @Test
  void breaksTheSilenceSoThatTheConnectionStaysOpen() throws Exception {
    try (RawClient client = follow()) {
      for (int comment = 0; comment < 4; comment++) {
        assertThat(client.until(":\n\n")).isNotEmpty();
      }
      assertThat(notes.open).hasValue(1);
    }
  }

  @Test
  void goesOnAfterTheLastEventSeen() throws Exception {
    try (RawClient client = follow("Last-Event-ID: 8")) {
      String unused = client.until(": open");
      assertThat(notes.open).hasValue(1);
    }
    HttpResponse<?> resumed =
        await(
            WebClient.create(vertx)
                .get(port, "127.0.0.1", "/notes:watch?waitMs=0&fromRevision=2")
                .putHeader("last-event-id", "8")
                .send());
    assertThat(resumed.bodyAsJsonObject().getLong("revision")).isEqualTo(9);
  }

  @Test
  void closesTheFeedWhenTheClientGoes() throws Exception {
    try (RawClient client = follow()) {
      String unused = client.until(": open");
      assertThat(waiting()).isEqualTo(1);
    }
    eventually(() -> assertThat(notes.open).hasValue(0));
    eventually(() -> assertThat(waiting()).isZero());
    eventually(() -> assertThat(lifecycle.inFlight()).isZero());
  }

  @Test
  void closesTheFeedOfALongPollWhenTheClientGoes() throws Exception {
    try (RawClient client = new RawClient(port)) {
      client.send("GET /notes:watch?waitMs=60000 HTTP/1.1\r\nHost: localhost\r\n\r\n");
      eventually(() -> assertThat(notes.open).hasValue(1));
      assertThat(waiting()).isEqualTo(1);
    }
    eventually(() -> assertThat(notes.open).hasValue(0));
    eventually(() -> assertThat(waiting()).isZero());
    eventually(() -> assertThat(lifecycle.inFlight()).isZero());
  }

  @Test
  void tellsAFailureAsTheLastEvent() throws Exception {
    Promise<JsonObject> failing = Promise.promise();
    notes.batches.add(failing);
    try (RawClient client = follow("Connection: close")) {
      String unused = client.until(": open");
      failing.fail(new Failure(FailureCode.COMPACTED, "forgotten"));
      assertThat(client.untilClosed())
          .contains("event: error\ndata: {")
          .contains("\"code\":\"compacted\"")
          .endsWith("\r\n0\r\n\r\n");
    }
    assertThat(notes.open).hasValue(0);
  }

  @Test
  void endsWhenTheNodeDrains() throws Exception {
    Future<HttpResponse<Buffer>> polled = poll("?waitMs=60000");
    eventually(() -> assertThat(notes.open).hasValue(1));
    try (RawClient client = follow("Connection: close")) {
      String unused = client.until(": open");
      eventually(() -> assertThat(notes.open).hasValue(2));
      Future<Void> drained = lifecycle.drain();
      assertThat(client.untilClosed()).contains("event: error").contains("unavailable");
      assertThat(await(polled).statusCode()).isEqualTo(503);
      await(drained);
    }
  }

  @Test
  void answersALongPollWithTheFirstBatch() {
    Future<HttpResponse<Buffer>> polled = poll("?waitMs=60000");
    eventually(() -> assertThat(waiting()).isEqualTo(1));
    notes.now(batch(5));
    assertThat(await(poll("")).bodyAsJsonObject()).isEqualTo(batch(5));
    assertThat(polled.isComplete()).isFalse();
    assertThat(notes.open).hasValue(1);
  }

  @Test
  void answersALongPollWithHowFarItGotWhenNothingComes() {
    HttpResponse<?> idle = await(poll("?waitMs=1&fromRevision=4"));
    assertThat(idle.statusCode()).isEqualTo(200);
    assertThat(idle.bodyAsJsonObject()).isEqualTo(new JsonObject().put("revision", 4));
    assertThat(notes.open).hasValue(0);
    JsonObject overBus =
        await(
            vertx
                .eventBus()
                .<JsonObject>request(
                    "vertebra.note",
                    new JsonObject().put("waitMs", 1).put("fromRevision", 4),
                    new DeliveryOptions().addHeader("action", "watch"))
                .map(message -> message.body()));
    assertThat(overBus).isEqualTo(new JsonObject().put("revision", 4));
  }

  @Test
  void boundsCallersWhoWaitApartFromOtherRequests() throws Exception {
    try (RawClient first = follow()) {
      String one = first.until(": open");
      try (RawClient second = follow()) {
        assertThat(one + second.until(": open")).isNotEmpty();
        assertThat(await(poll("")).statusCode()).isEqualTo(503);
        HttpResponse<?> other = await(client.get(port, "127.0.0.1", "/notes").send());
        assertThat(other.statusCode()).isEqualTo(200);
        assertThat(meters.get("vertebra.http.in.flight").gauge().value()).isZero();
      }
    }
    eventually(() -> assertThat(waiting()).isZero());
    assertThat(await(poll("?waitMs=1")).statusCode()).isEqualTo(200);
  }

  @Test
  void answersLongPollsToThoseWhoDoNotAcceptEvents() throws Exception {
    notes.now(batch(5));
    HttpResponse<?> answer =
        await(
            WebClient.create(vertx)
                .get(port, "127.0.0.1", "/notes:watch")
                .putHeader("accept", "application/json, text/event-stream;q=0.5")
                .send());
    assertThat(answer.getHeader("content-type")).isEqualTo("application/json");
  }
}
