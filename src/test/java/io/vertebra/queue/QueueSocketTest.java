package io.vertebra.queue;

import static io.vertebra.testkit.Waiting.await;
import static io.vertebra.testkit.Waiting.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.vertebra.testkit.KvNode;
import io.vertx.core.http.ClientWebSocket;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.UpgradeRejectedException;
import io.vertx.core.http.WebSocket;
import io.vertx.core.http.WebSocketClient;
import io.vertx.core.http.WebSocketConnectOptions;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Messages pushed and settled over a WebSocket, to a real client. */
final class QueueSocketTest {
  private final KvNode node = new KvNode();
  private final WebSocketClient client = node.vertx.createWebSocketClient();

  /** A client and what it was told. */
  private final class Receiver {
    final List<JsonObject> frames = new CopyOnWriteArrayList<>();
    final WebSocket socket;

    Receiver(String query) {
      ClientWebSocket opening = client.webSocket();
      opening.textMessageHandler(text -> frames.add(new JsonObject(text)));
      socket = await(opening.connect(options("/api/v1/queues/orders/ws" + query)));
    }

    void say(String frame) {
      await(socket.writeTextMessage(frame.replace('\'', '"')));
    }

    List<JsonObject> told(String type) {
      return frames.stream().filter(each -> type.equals(each.getString("type"))).toList();
    }

    List<String> bodies() {
      return told("message").stream()
          .map(each -> each.getJsonObject("message").getString("body"))
          .toList();
    }

    String receipt(int index) {
      return told("message").get(index).getJsonObject("message").getString("receipt");
    }
  }

  private WebSocketConnectOptions options(String path) {
    return new WebSocketConnectOptions().setAbsoluteURI(node.url().replace("http:", "ws:") + path);
  }

  @BeforeEach
  void deploy() {
    QueueRig.deploy(node);
    ask("define", "{'queue': 'orders', 'maxAttempts': 2, 'backoff': {'minMs': 0, 'maxMs': 0}}");
  }

  @AfterEach
  void close() {
    node.close();
  }

  private JsonObject ask(String action, String request) {
    return await(node.callByHttp("queue." + action, new JsonObject(request.replace('\'', '"'))));
  }

  private void send(String... bodies) {
    for (String body : bodies) {
      ask("send", "{'queue': 'orders', 'body': '" + body + "'}");
    }
  }

  private int inFlight() {
    return ask("get", "{'queue': 'orders'}")
        .getJsonArray("groups")
        .getJsonObject(0)
        .getInteger("inFlight");
  }

  @Test
  void pushesAndSettlesWithinTheCredit() {
    send("a", "b", "c");
    Receiver receiver = new Receiver("?credit=1");
    eventually(() -> assertThat(receiver.bodies()).containsExactly("a"));
    assertThat(inFlight()).isEqualTo(1);
    receiver.say("{'type': 'ack', 'id': 7, 'receipt': '" + receiver.receipt(0) + "'}");
    eventually(() -> assertThat(receiver.bodies()).containsExactly("a", "b"));
    assertThat(receiver.told("result").get(0))
        .isEqualTo(
            new JsonObject()
                .put("type", "result")
                .put("id", 7)
                .put("receipt", receiver.receipt(0))
                .put("result", "acked"));
    receiver.say("{'type': 'credit', 'n': 2}");
    eventually(() -> assertThat(receiver.bodies()).containsExactly("a", "b", "c"));
    assertThat(inFlight()).isEqualTo(2);
  }

  @Test
  void pausesWithNoCredit() {
    Receiver receiver = new Receiver("?credit=1");
    send("a");
    eventually(() -> assertThat(receiver.bodies()).containsExactly("a"));
    receiver.say("{'type': 'credit', 'n': 0, 'id': 1}");
    eventually(() -> assertThat(receiver.told("credit")).hasSize(1));
    receiver.say("{'type': 'ack', 'id': 2, 'receipt': '" + receiver.receipt(0) + "'}");
    eventually(() -> assertThat(receiver.told("result")).hasSize(1));
    send("b");
    assertThat(inFlight()).isZero();
    receiver.say("{'type': 'credit', 'n': 1}");
    eventually(() -> assertThat(receiver.bodies()).containsExactly("a", "b"));
  }

  @Test
  void returnsExtendsAndSaysWhatIsWrong() {
    send("a");
    Receiver receiver = new Receiver("?credit=1");
    eventually(() -> assertThat(receiver.bodies()).containsExactly("a"));
    String first = receiver.receipt(0);
    receiver.say("{'type':'extend','id':1,'receipt':'" + first + "','visibilityMs':60000}");
    eventually(() -> assertThat(receiver.told("result")).hasSize(1));
    receiver.say("{'type':'nack','id':2,'receipt':'" + first + "','delayMs':0,'reason':'no'}");
    eventually(() -> assertThat(receiver.bodies()).containsExactly("a", "a"));
    receiver.say("{'type': 'ack', 'id': 3, 'receipt': '" + first + "'}");
    receiver.say("{'type': 'ack', 'id': 'four'}");
    receiver.say("{'type': 'dance', 'id': 5}");
    receiver.say("no JSON");
    receiver.say("{'type': 'credit', 'n': 1001, 'id': 6}");
    eventually(() -> assertThat(receiver.told("error")).hasSize(5));
    assertThat(receiver.told("error"))
        .extracting(each -> each.getValue("id") + " " + each.getString("code"))
        .containsExactlyInAnyOrder(
            "3 fenced", "four invalid", "5 invalid", "null invalid", "6 invalid");
    assertThat(receiver.told("result"))
        .extracting(each -> each.getString("result"))
        .containsExactly("extended", "retried");
  }

  @Test
  void returnsWhatWasNotSettledAtOnceWhenTheClientGoes() {
    send("a", "b");
    Receiver receiver = new Receiver("?credit=2");
    eventually(() -> assertThat(receiver.bodies()).containsExactly("a", "b"));
    receiver.say("{'type': 'ack', 'id': 1, 'receipt': '" + receiver.receipt(0) + "'}");
    eventually(() -> assertThat(receiver.told("result")).hasSize(1));
    await(receiver.socket.close());
    eventually(() -> assertThat(inFlight()).isZero());
    Receiver next = new Receiver("?credit=2");
    eventually(() -> assertThat(next.bodies()).containsExactly("b"));
    JsonObject again = next.told("message").get(0).getJsonObject("message");
    assertThat(again.getInteger("attempts")).isEqualTo(2);
  }

  @Test
  void tellsMessagesAsEvents() {
    send("a");
    Receiver receiver = new Receiver("?format=cloudevent");
    eventually(() -> assertThat(receiver.told("event")).hasSize(1));
    assertThat(receiver.told("event").get(0).getJsonObject("event").getString("data"))
        .isEqualTo("a");
  }

  @Test
  void closesWithTheReasonWhenTheQueueIsGone() {
    Receiver receiver = new Receiver("");
    ask("delete", "{'queue': 'orders'}");
    eventually(() -> assertThat(receiver.told("error")).hasSize(1));
    assertThat(receiver.told("error").get(0).getString("code")).isEqualTo("not_found");
    eventually(() -> assertThat(receiver.socket.isClosed()).isTrue());
    assertThat(receiver.socket.closeStatusCode()).isEqualTo((short) 1008);
  }

  @Test
  void closesOnFramesThatAreTooLongOrNoText() {
    Receiver receiver = new Receiver("");
    receiver.socket.writeTextMessage("x".repeat(70_000));
    eventually(() -> assertThat(receiver.socket.isClosed()).isTrue());
    assertThat(receiver.socket.closeStatusCode()).isEqualTo((short) 1009);
    Receiver other = new Receiver("");
    other.socket.writeBinaryMessage(io.vertx.core.buffer.Buffer.buffer("x"));
    eventually(() -> assertThat(other.socket.isClosed()).isTrue());
    assertThat(other.socket.closeStatusCode()).isEqualTo((short) 1003);
  }

  @Test
  void refusesTheUpgradeForWhatIsNotThereAndForPagesOfOthers() {
    Throwable missing =
        catchThrowable(() -> await(client.connect(options("/api/v1/queues/none/ws"))));
    assertThat(((UpgradeRejectedException) missing).getStatus()).isEqualTo(404);
    WebSocketConnectOptions foreign = options("/api/v1/queues/orders/ws");
    foreign.addHeader("origin", "https://evil.test");
    Throwable refused = catchThrowable(() -> await(client.connect(foreign)));
    assertThat(((UpgradeRejectedException) refused).getStatus()).isEqualTo(403);
    assertThat(await(node.request(HttpMethod.GET, "/api/v1/queues/orders/ws").send()).statusCode())
        .isEqualTo(400);
  }
}
