package io.vertebra.http;

import static io.vertebra.testkit.Waiting.await;
import static io.vertebra.testkit.Waiting.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertebra.api.Fields;
import io.vertebra.api.Lifecycle;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonObject;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is told when a request has ended, and that it is counted as before. */
final class RequestEndTest {
  private final Vertx vertx = Vertx.vertx();
  private final Lifecycle lifecycle = new Lifecycle();
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final ListenerOptions options =
      ListenerOptions.from(Fields.of(new JsonObject().put("port", 0)), ListenerOptions.API);
  private final HttpListener listener = new HttpListener(vertx, options, "test", meters, lifecycle);
  private final Promise<Void> answer = Promise.promise();
  private final AtomicInteger arrived = new AtomicInteger();
  private final AtomicInteger ended = new AtomicInteger();
  private int port;

  @BeforeEach
  void listen() {
    lifecycle.ready();
    port = await(listener.listen(this::serve, request -> false));
  }

  @AfterEach
  void close() {
    await(listener.close());
    await(vertx.close());
  }

  private void serve(HttpServerRequest request) {
    listener.whenEnded(request, ended::incrementAndGet);
    if (request.path().equals("/released")) {
      listener.release(request);
    }
    arrived.incrementAndGet();
    answer.future().onComplete(go -> request.response().end("done"));
  }

  @ParameterizedTest
  @CsvSource({"/held, true", "/held, false", "/released, true", "/released, false"})
  void isToldOnceHoweverARequestEnds(String path, boolean answered) throws Exception {
    try (RawClient client = new RawClient(port)) {
      client.send("GET " + path + " HTTP/1.1\r\nHost: a\r\n\r\n");
      eventually(() -> assertThat(arrived).hasValue(1));
      assertThat(ended).hasValue(0);
      assertThat(lifecycle.inFlight()).isEqualTo(1);
      if (answered) {
        answer.complete();
        client.until("done");
      }
    }
    eventually(() -> assertThat(ended).hasValue(1));
    eventually(() -> assertThat(lifecycle.inFlight()).isZero());
    assertThat(meters.get("vertebra.http.in.flight").gauge().value()).isZero();
  }
}
