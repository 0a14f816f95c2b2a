package io.vertebra.gateway;

import static io.vertebra.testkit.Waiting.await;
import static io.vertebra.testkit.Waiting.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.UpgradeRejectedException;
import io.vertx.core.http.WebSocket;
import io.vertx.core.http.WebSocketClient;
import io.vertx.core.http.WebSocketClientOptions;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** WebSockets through the gateway. */
final class TunnelTest {
  private GatewayRig rig;
  private HttpServer origin;

  /** Kept, for Vert.x closes a client that nobody refers to. */
  private WebSocketClient client;

  private final AtomicInteger open = new AtomicInteger();

  @BeforeEach
  void start() {
    rig = new GatewayRig(new JsonObject().put("idleTimeoutMs", 3000));
    origin =
        await(
            rig.vertx
                .createHttpServer(new HttpServerOptions().setMaxWebSocketFrameSize(1 << 20))
                .webSocketHandler(
                    socket -> {
                      open.incrementAndGet();
                      socket.closeHandler(closed -> open.decrementAndGet());
                      socket.handler(socket::write);
                    })
                .listen(0, GatewayRig.HOST));
    rig.routeAllTo(origin.actualPort());
  }

  @AfterEach
  void stop() {
    rig.close();
  }

  @Test
  void carriesFramesBothWays() throws InterruptedException {
    WebSocket socket = await(client().connect(rig.port(), GatewayRig.HOST, "/chat"));
    BlockingQueue<Buffer> echoes = new LinkedBlockingQueue<>();
    socket.handler(echoes::add);
    Buffer large = Buffer.buffer(new byte[200_000]);
    for (Buffer message : List.of(Buffer.buffer("hello"), large)) {
      await(socket.writeBinaryMessage(message));
      Buffer echo = Buffer.buffer();
      while (echo.length() < message.length()) {
        Buffer part = echoes.poll(5, TimeUnit.SECONDS);
        assertThat(part).isNotNull();
        echo.appendBuffer(part);
      }
      assertThat(echo).isEqualTo(message);
    }
    await(socket.close());
    eventually(
        () -> {
          assertThat(open).hasValue(0);
          assertThat(rig.endpoint(origin.actualPort()).getInteger("inFlight")).isZero();
          assertThat(rig.lifecycle.inFlight()).isZero();
        });
  }

  @Test
  void keepsAThousandIdleSocketsThroughAChangeOfRoutes() throws InterruptedException {
    rig.routeAllTo(
        upstream -> upstream.put("connection", new JsonObject().put("maxConnections", 2000)),
        origin.actualPort());
    client();
    List<WebSocket> sockets = new ArrayList<>();
    AtomicInteger closed = new AtomicInteger();
    for (int batch = 0; batch < 10; batch++) {
      List<Future<WebSocket>> connecting = new ArrayList<>();
      for (int i = 0; i < 100; i++) {
        connecting.add(client.connect(rig.port(), GatewayRig.HOST, "/"));
      }
      await(Future.all(connecting));
      connecting.forEach(
          future -> {
            future.result().closeHandler(gone -> closed.incrementAndGet());
            sockets.add(future.result());
          });
    }
    long idleSince = System.nanoTime();
    HttpServer other = rig.origin(request -> request.response().end("new"));
    rig.routeAllTo(other.actualPort());
    rig.route(new JsonObject().put("name", "extra").put("upstream", "web"));
    eventually(() -> assertThat(System.nanoTime() - idleSince).isGreaterThan(4_000_000_000L));
    assertThat(closed).hasValue(0);
    assertThat(open).hasValue(1000);
    BlockingQueue<Buffer> echoes = new LinkedBlockingQueue<>();
    for (WebSocket socket : sockets) {
      socket.handler(echoes::add);
      socket.writeTextMessage("still here");
    }
    for (int i = 0; i < sockets.size(); i++) {
      Buffer echo = echoes.poll(5, TimeUnit.SECONDS);
      assertThat(echo).as("echo " + i).isNotNull();
    }
  }

  @Test
  void closesATunnelThatIsSilentForTooLong() throws InterruptedException {
    rig.close();
    rig = new GatewayRig(new JsonObject().put("tunnelIdleMs", 1000));
    HttpServer silent =
        await(
            rig.vertx.createHttpServer().webSocketHandler(socket -> {}).listen(0, GatewayRig.HOST));
    rig.routeAllTo(silent.actualPort());
    WebSocket socket = await(client().connect(rig.port(), GatewayRig.HOST, "/"));
    BlockingQueue<Boolean> closed = new LinkedBlockingQueue<>();
    socket.closeHandler(gone -> closed.add(true));
    assertThat(closed.poll(5, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void tellsTheClientWhenTheEndpointDoesNotUpgrade() {
    HttpServer plain = rig.origin(r -> r.response().setStatusCode(426).end("no"));
    rig.routeAllTo(plain.actualPort());
    Throwable refused =
        Assertions.catchThrowable(() -> await(client().connect(rig.port(), GatewayRig.HOST, "/")));
    assertThat(refused).isInstanceOf(UpgradeRejectedException.class);
    assertThat(((UpgradeRejectedException) refused).getStatus()).isEqualTo(426);
  }

  private WebSocketClient client() {
    client =
        rig.vertx.createWebSocketClient(
            new WebSocketClientOptions().setMaxConnections(2000).setMaxFrameSize(1 << 20));
    return client;
  }
}
