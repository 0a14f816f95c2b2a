package io.vertebra.queue;

import static io.vertebra.testkit.Waiting.await;
import static io.vertebra.testkit.Waiting.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertebra.testkit.KvNode;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Messages pushed as server-sent events, to a real client. */
final class QueueStreamTest {
  private final KvNode node = new KvNode();
  private final HttpClient client = node.vertx.createHttpClient();

  /** A client that follows a queue. */
  private final class Follower {
    final List<JsonObject> messages = new CopyOnWriteArrayList<>();
    final Buffer text = Buffer.buffer();
    private final HttpClientRequest request;

    Follower(String path, String... headers) {
      RequestOptions options = new RequestOptions().setAbsoluteURI(node.url() + path);
      options.setMethod(HttpMethod.GET);
      for (int i = 0; i < headers.length; i += 2) {
        options.putHeader(headers[i], headers[i + 1]);
      }
      request = await(client.request(options));
      HttpClientResponse answer =
          await(request.send().map(response -> response.handler(this::read)));
      assertThat(answer.statusCode()).isEqualTo(200);
      assertThat(answer.getHeader("content-type")).isEqualTo("text/event-stream");
    }

    private synchronized void read(Buffer chunk) {
      text.appendBuffer(chunk);
      List<JsonObject> all = new ArrayList<>();
      for (String event : text.toString().split("\n\n", -1)) {
        for (String line : event.split("\n", -1)) {
          if (line.startsWith("data: ") && event.contains("event: stream")) {
            JsonObject data = new JsonObject(line.substring(6));
            JsonArray some = data.getJsonArray("messages", data.getJsonArray("events"));
            some.forEach(each -> all.add((JsonObject) each));
          }
        }
      }
      messages.addAll(all.subList(messages.size(), all.size()));
    }

    synchronized String text() {
      return text.toString();
    }

    void leave() {
      await(request.connection().close());
    }

    List<String> bodies() {
      return messages.stream().map(each -> each.getString("body")).toList();
    }
  }

  @BeforeEach
  void deploy() {
    QueueRig.deploy(node);
    ask("define", "{'queue': 'orders', 'backoff': {'minMs': 0, 'maxMs': 0}}");
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

  private String settle(String action, JsonObject message) {
    JsonObject item =
        ask(
                action,
                "{'queue': 'orders', 'items': [{'receipt': '"
                    + message.getString("receipt")
                    + "'}]}")
            .getJsonArray("items")
            .getJsonObject(0);
    return item.getString("result", item.getString("code"));
  }

  private int inFlight() {
    return ask("get", "{'queue': 'orders'}")
        .getJsonArray("groups")
        .getJsonObject(0)
        .getInteger("inFlight");
  }

  @Test
  void pushesNoMoreThanTheCreditUntilSomeAreSettledWhereverThatIsDone() {
    send("a", "b", "c", "d");
    Follower follower = new Follower("/api/v1/queues/orders/messages:stream?credit=2");
    eventually(() -> assertThat(follower.bodies()).containsExactly("a", "b"));
    assertThat(inFlight()).isEqualTo(2);
    assertThat(settle("ack", follower.messages.get(0))).isEqualTo("acked");
    eventually(() -> assertThat(follower.bodies()).containsExactly("a", "b", "c"));
    assertThat(settle("nack", follower.messages.get(1))).isEqualTo("retried");
    eventually(() -> assertThat(follower.bodies()).hasSize(4));
    assertThat(inFlight()).isEqualTo(2);
    assertThat(settle("ack", follower.messages.get(0))).isEqualTo("not_found");
    follower.leave();
  }

  @Test
  void pushesWhatIsSentLater() {
    Follower follower = new Follower("/api/v1/queues/orders/messages:stream");
    send("later");
    eventually(() -> assertThat(follower.bodies()).containsExactly("later"));
    JsonObject message = follower.messages.get(0);
    assertThat(message.getInteger("attempts")).isEqualTo(1);
    assertThat(settle("ack", message)).isEqualTo("acked");
    follower.leave();
  }

  @Test
  void pushesAMessageAgainWhenItsLeaseEndsAndFencesTheReceiptBefore() {
    send("a");
    Follower follower =
        new Follower("/api/v1/queues/orders/messages:stream?credit=1&visibilityMs=5000");
    eventually(() -> assertThat(follower.bodies()).containsExactly("a"));
    eventually(
        () -> {
          node.letTimePass(Duration.ofSeconds(5));
          assertThat(follower.messages).hasSizeGreaterThan(1);
        });
    assertThat(settle("ack", follower.messages.get(0))).isEqualTo("fenced");
    assertThat(follower.messages.get(1).getInteger("attempts")).isEqualTo(2);
    follower.leave();
  }

  @Test
  void keepsTheCreditOfAMessageThatWasExtended() {
    send("a", "b");
    Follower follower =
        new Follower("/api/v1/queues/orders/messages:stream?credit=1&visibilityMs=5000");
    eventually(() -> assertThat(follower.bodies()).containsExactly("a"));
    String receipt = follower.messages.get(0).getString("receipt");
    ask(
        "extend",
        "{'queue': 'orders', 'items': [{'receipt': '" + receipt + "', 'visibilityMs': 60000}]}");
    node.letTimePass(Duration.ofSeconds(30));
    assertThat(settle("ack", follower.messages.get(0))).isEqualTo("acked");
    eventually(() -> assertThat(follower.bodies()).containsExactly("a", "b"));
    follower.leave();
  }

  @Test
  void leavesWhatAClientHadToTheLeaseAndTheRestToOthersWhenItGoes() {
    send("a", "b");
    Follower follower = new Follower("/api/v1/queues/orders/messages:stream?credit=1");
    eventually(() -> assertThat(follower.bodies()).containsExactly("a"));
    follower.leave();
    assertThat(inFlight()).isEqualTo(1);
    JsonObject received = ask("receive", "{'queue': 'orders', 'max': 2}");
    assertThat(received.getJsonArray("messages")).hasSize(1);
    assertThat(settle("ack", follower.messages.get(0))).isEqualTo("acked");
  }

  @Test
  void tellsMessagesAsEvents() {
    send("a");
    Follower follower = new Follower("/api/v1/queues/orders/messages:stream?format=cloudevent");
    eventually(() -> assertThat(follower.messages).hasSize(1));
    JsonObject event = follower.messages.get(0);
    assertThat(event.getString("source")).isEqualTo("/queues/orders");
    assertThat(event.getString("data")).isEqualTo("a");
    assertThat(settle("ack", new JsonObject().put("receipt", event.getString("queuereceipt"))))
        .isEqualTo("acked");
    follower.leave();
  }

  @Test
  void saysWhatIsMissingBeforeItBegins() {
    assertThat(status("/api/v1/queues/none/messages:stream")).isEqualTo(404);
    assertThat(status("/api/v1/queues/orders/messages:stream?group=none")).isEqualTo(404);
    assertThat(status("/api/v1/queues/orders/messages:stream?credit=0")).isEqualTo(400);
  }

  @Test
  void endsWithTheQueue() {
    Follower follower = new Follower("/api/v1/queues/orders/messages:stream");
    ask("delete", "{'queue': 'orders'}");
    eventually(() -> assertThat(follower.text()).contains("event: error").contains("not_found"));
  }

  @Test
  void givesNothingToPagesOfOthers() {
    send("a");
    assertThat(status("/api/v1/queues/orders/messages:stream", "sec-fetch-site", "cross-site"))
        .isEqualTo(403);
    assertThat(status("/api/v1/queues/orders/messages:stream", "origin", "https://evil.test"))
        .isEqualTo(403);
    assertThat(ask("receive", "{'queue': 'orders'}").getJsonArray("messages")).hasSize(1);
  }

  private int status(String path, String... headers) {
    var request = node.request(HttpMethod.GET, path);
    for (int i = 0; i < headers.length; i += 2) {
      request.putHeader(headers[i], headers[i + 1]);
    }
    return await(request.send()).statusCode();
  }
}
