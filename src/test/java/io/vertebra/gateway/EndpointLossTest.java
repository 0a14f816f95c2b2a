package io.vertebra.gateway;

import static io.vertebra.testkit.Waiting.await;
import static io.vertebra.testkit.Waiting.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientAgent;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetServerOptions;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** An endpoint dies and comes back under load, and no client notices. */
final class EndpointLossTest {
  private static final int CONNECTIONS = 64;

  private final AtomicInteger succeeded = new AtomicInteger();
  private final AtomicInteger failed = new AtomicInteger();
  private final AtomicBoolean running = new AtomicBoolean(true);
  private final AtomicInteger underWay = new AtomicInteger();
  private GatewayRig rig;
  private Vertx users;
  private HttpClientAgent client;

  @BeforeEach
  void start() {
    rig = new GatewayRig();
    users = Vertx.vertx();
  }

  @AfterEach
  void stop() {
    running.set(false);
    await(users.close());
    rig.close();
  }

  @Test
  void noRequestFailsWhenAnEndpointIsKilledEjectedAndReturns() {
    HttpServer[] origins = {origin(0), origin(0), origin(0)};
    int killed = origins[1].actualPort();
    rig.routeAllTo(
        upstream ->
            upstream
                .put("ejection", new JsonObject().put("consecutiveFailures", 5).put("baseMs", 500))
                .put("breaker", new JsonObject().put("openMs", 500)),
        origins[0].actualPort(),
        killed,
        origins[2].actualPort());
    load();
    eventually(() -> assertThat(succeeded.get()).isGreaterThan(2000));

    await(origins[1].close());
    eventually(
        () -> assertThat(rig.endpoint(killed).getLong("ejections")).isGreaterThanOrEqualTo(1));
    eventually(() -> assertThat(succeeded.get()).isGreaterThan(6000));

    origin(killed);
    long before = rig.endpoint(killed).getLong("requests");
    eventually(
        () -> {
          JsonObject live = rig.endpoint(killed);
          assertThat(live.getLong("requests")).isGreaterThan(before + 500);
          assertThat(live.getString("breaker")).isEqualTo("closed");
        });
    running.set(false);
    eventually(() -> assertThat(underWay).hasValue(0));
    assertThat(failed).as("requests that failed at the client").hasValue(0);
  }

  @Test
  void noRequestIsSentOverAConnectionThatAnHttp10EndpointCloses() {
    NetServer origin =
        await(
            rig.vertx
                .createNetServer(new NetServerOptions().setAcceptBacklog(1024))
                .connectHandler(
                    socket ->
                        socket.handler(
                            request ->
                                socket.end(
                                    Buffer.buffer(
                                        "HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok"))))
                .listen(0, GatewayRig.HOST));
    rig.routeAllTo(
        upstream -> upstream.put("retry", new JsonObject().put("attempts", 0)),
        origin.actualPort());
    load();
    eventually(() -> assertThat(succeeded.get() + failed.get()).isGreaterThan(3000));
    running.set(false);
    eventually(() -> assertThat(underWay).hasValue(0));
    assertThat(failed).hasValue(0);
  }

  private HttpServer origin(int port) {
    return await(
        rig.vertx
            .createHttpServer()
            .requestHandler(request -> request.response().end("ok"))
            .listen(port, GatewayRig.HOST));
  }

  private void load() {
    client = users.createHttpClient(new PoolOptions().setHttp1MaxSize(CONNECTIONS));
    for (int i = 0; i < CONNECTIONS; i++) {
      underWay.incrementAndGet();
      next();
    }
  }

  private void next() {
    if (!running.get()) {
      underWay.decrementAndGet();
      return;
    }
    client
        .request(HttpMethod.GET, rig.port(), GatewayRig.HOST, "/")
        .compose(request -> request.send().compose(answer -> answer.body().map(answer)))
        .onComplete(
            result -> {
              boolean ok = result.succeeded() && status(result.result()) == 200;
              (ok ? succeeded : failed).incrementAndGet();
              next();
            });
  }

  private static int status(HttpClientResponse response) {
    return response.statusCode();
  }
}
