package io.vertebra.auth;

import static io.vertebra.testkit.Waiting.await;
import static io.vertebra.testkit.Waiting.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.vertebra.testkit.TestClock;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.UpgradeRejectedException;
import io.vertx.core.http.WebSocket;
import io.vertx.core.http.WebSocketClient;
import io.vertx.core.http.WebSocketConnectOptions;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Who may follow what is taken from others, and how long. */
final class TakingCallsTest {
  private final TestClock clock = new TestClock();
  private final AuthNodeRig node =
      new AuthNodeRig(new InMemoryAuthStore(clock), clock, new JsonObject(), true);

  /** Held here because Vert.x closes a client that nothing refers to. */
  private final HttpClient client = node.vertx.createHttpClient();

  private final WebSocketClient sockets = node.vertx.createWebSocketClient();

  @AfterEach
  void close() {
    node.close();
  }

  private String bearer(String user, String permission) {
    return "Bearer " + node.login(user, permission).getString("accessToken");
  }

  private int follow(String credential) {
    HttpClientRequest request =
        await(client.request(HttpMethod.GET, node.port, "127.0.0.1", "/api/v1/things:take"));
    request.putHeader("authorization", credential);
    int status = await(request.send()).statusCode();
    await(request.connection().close());
    return status;
  }

  private WebSocket talk(String credential) {
    return await(
        sockets.connect(
            new WebSocketConnectOptions()
                .setHost("127.0.0.1")
                .setPort(node.port)
                .setURI("/api/v1/things:talk")
                .addHeader("authorization", credential)));
  }

  private int refused(String credential) {
    Throwable cause = catchThrowable(() -> talk(credential));
    return ((UpgradeRejectedException) cause).getStatus();
  }

  @Test
  void needsTheRightToWriteAlthoughItIsAGet() {
    assertThat(follow(bearer("reader", "things:read:*"))).isEqualTo(403);
    assertThat(follow(bearer("writer", "things:write:*"))).isEqualTo(200);
    assertThat(follow("Bearer nonsense")).isEqualTo(401);
    assertThat(refused(bearer("looker", "things:read:*"))).isEqualTo(403);
    assertThat(refused("Bearer nonsense")).isEqualTo(401);
  }

  @Test
  void endsASocketOfWhoIsOut() {
    WebSocket socket = talk(bearer("ann", "things:write:*"));
    List<JsonObject> told = new CopyOnWriteArrayList<>();
    socket.textMessageHandler(text -> told.add(new JsonObject(text)));
    await(socket.writeTextMessage("{\"id\": 1}"));
    eventually(() -> assertThat(told).hasSize(1));
    assertThat(told.get(0).getInteger("heard")).isEqualTo(1);
    node.ask("DELETE", "/api/v1/auth/users/ann/sessions", node.admin(), new JsonObject());
    eventually(() -> assertThat(socket.isClosed()).isTrue());
    assertThat(socket.closeStatusCode()).isEqualTo((short) 1008);
    assertThat(told.get(told.size() - 1).getString("code")).isEqualTo("unauthenticated");
    eventually(() -> assertThat(node.openCalls()).isZero());
  }
}
