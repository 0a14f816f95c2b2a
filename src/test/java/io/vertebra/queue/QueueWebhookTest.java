package io.vertebra.queue;

import static io.vertebra.testkit.Waiting.await;
import static io.vertebra.testkit.Waiting.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.vertebra.api.Failure;
import io.vertebra.kv.Bytes;
import io.vertebra.testkit.KvNode;
import io.vertebra.webhook.WebhookSignature;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Messages posted to a real server. */
final class QueueWebhookTest {
  private static final String KEY = "k1:" + Base64.getEncoder().encodeToString(new byte[32]);
  private static final String SECRET =
      "whsec_"
          + Base64.getEncoder()
              .encodeToString(
                  "a secret of 24 bytes or more".getBytes(java.nio.charset.StandardCharsets.UTF_8));

  private final KvNode node = new KvNode();
  private final List<Got> got = new CopyOnWriteArrayList<>();
  private volatile Consumer<HttpServerRequest> answer = request -> request.response().end();
  private HttpServer server;
  private QueueVerticle verticle;
  private String url;

  /** A request that came. */
  private record Got(String method, String uri, MultiMap headers, String body) {
    JsonObject json() {
      return new JsonObject(body);
    }
  }

  @BeforeEach
  void open() {
    verticle = QueueRig.deploy(node, "{'secretKeys': ['" + KEY + "']}");
    ask("define", "{'queue': 'orders', 'backoff': {'minMs': 0, 'maxMs': 0}}");
    listen(0);
    url = "http://localhost:" + server.actualPort() + "/hook?a=b";
  }

  private void listen(int port) {
    server =
        await(
            node.vertx
                .createHttpServer()
                .requestHandler(
                    request ->
                        request.bodyHandler(
                            body -> {
                              got.add(
                                  new Got(
                                      request.method().name(),
                                      request.uri(),
                                      request.headers(),
                                      body.toString()));
                              answer.accept(request);
                            }))
                .listen(port, "127.0.0.1"));
  }

  @AfterEach
  void close() {
    node.close();
  }

  private JsonObject ask(String action, String request) {
    return await(node.callByHttp("queue." + action, new JsonObject(request.replace('\'', '"'))));
  }

  private Failure refused(String action, String request) {
    return Failure.of(catchThrowable(() -> ask(action, request)));
  }

  private JsonObject subscribe(String more) {
    return ask("subscribe", "{'queue': 'orders', 'url': '" + url + "'" + more + "}");
  }

  private int messages(String queue) {
    return ask("get", "{'queue': '" + queue + "'}").getInteger("messages");
  }

  private static void end(HttpServerRequest request, int status) {
    request.response().setStatusCode(status).end();
  }

  @Test
  void postsEachMessageOnceAndAcknowledgesIt() {
    ask("send", "{'queue': 'orders', 'body': 'a', 'key': 'k', 'headers': {'h': '1'}}");
    subscribe(", 'headers': {'X-Shop': 'web'}");
    ask("send", "{'queue': 'orders', 'body': 'b'}");
    eventually(() -> assertThat(messages("orders")).isZero());
    assertThat(got).hasSize(2);
    assertThat(got.get(0).method()).isEqualTo("POST");
    assertThat(got.get(0).uri()).isEqualTo("/hook?a=b");
    assertThat(got.get(0).headers().get("x-shop")).isEqualTo("web");
    assertThat(got.get(0).headers().get("content-type")).isEqualTo("application/json");
    assertThat(got.get(0).headers().contains(WebhookSignature.SIGNATURE)).isFalse();
    assertThat(got.get(0).json().getString("body")).isEqualTo("a");
    assertThat(got.get(0).json().getJsonObject("headers").getString("h")).isEqualTo("1");
    assertThat(got.get(0).json().getString("receipt")).isNotEmpty();
  }

  @Test
  void signsWithASecretThatNobodySeesAgain() {
    JsonObject view = subscribe(", 'secret': '" + SECRET + "'");
    assertThat(view.encode()).doesNotContain(SECRET).doesNotContain("sealed:");
    assertThat(view.getJsonArray("subscriptions").getJsonObject(0).getBoolean("signed")).isTrue();
    assertThat(ask("get", "{'queue': 'orders'}").encode()).doesNotContain("sealed:");
    String kept =
        await(node.kv().get(QueueKeys.queue("orders")))
            .orElseThrow()
            .value()
            .asText()
            .orElseThrow();
    assertThat(kept).contains("sealed:").doesNotContain(SECRET);
    ask("send", "{'queue': 'orders', 'body': 'a'}");
    eventually(() -> assertThat(got).hasSize(1));
    MultiMap headers = got.get(0).headers();
    long timestamp = Long.parseLong(headers.get(WebhookSignature.TIMESTAMP));
    assertThat(timestamp).isEqualTo(node.clock.instant().getEpochSecond());
    assertThat(headers.get(WebhookSignature.ID)).isEqualTo(got.get(0).json().getString("id"));
    assertThat(headers.get(WebhookSignature.SIGNATURE))
        .isEqualTo(
            WebhookSignature.of(
                SECRET,
                headers.get(WebhookSignature.ID),
                timestamp,
                Bytes.utf8(got.get(0).body())));
  }

  @Test
  void postsEventsInBinaryMode() {
    subscribe(", 'format': 'cloudevent'");
    ask("send", "{'queue': 'orders', 'body': 'a b', 'key': 'k 1'}");
    eventually(() -> assertThat(got).hasSize(1));
    MultiMap headers = got.get(0).headers();
    assertThat(got.get(0).body()).isEqualTo("a b");
    assertThat(headers.get("ce-specversion")).isEqualTo("1.0");
    assertThat(headers.get("ce-source")).isEqualTo("/queues/orders");
    assertThat(headers.get("ce-partitionkey")).isEqualTo("k%201");
    assertThat(headers.get("ce-queueattempts")).isEqualTo("1");
    assertThat(headers.get("content-type")).isEqualTo("text/plain");
  }

  @Test
  void returnsWhatFailedAndPostsItAgainWithTheSameId() {
    AtomicInteger count = new AtomicInteger();
    answer = request -> end(request, count.incrementAndGet() < 3 ? 500 : 204);
    subscribe(", 'secret': '" + SECRET + "'");
    ask("send", "{'queue': 'orders', 'body': 'a'}");
    eventually(() -> assertThat(messages("orders")).isZero());
    assertThat(got).hasSize(3);
    assertThat(got.stream().map(each -> each.headers().get(WebhookSignature.ID)).distinct())
        .hasSize(1);
    assertThat(got.get(2).json().getInteger("attempts")).isEqualTo(3);
  }

  @Test
  void givesUpWithTheStatusAsTheReason() {
    ask("define", "{'queue': 'orders', 'maxAttempts': 1}");
    answer = request -> end(request, 302);
    subscribe("");
    ask("send", "{'queue': 'orders', 'body': 'a'}");
    eventually(() -> assertThat(messages("orders.dead")).isOne());
    JsonObject dead =
        ask("peek", "{'queue': 'orders.dead'}").getJsonArray("items").getJsonObject(0);
    assertThat(dead.getJsonObject("headers").getString("x-dead-reason"))
        .isEqualTo("HTTP status 302");
    assertThat(got).hasSize(1);
  }

  @Test
  void restsAsLongAsTheServerWants() {
    answer =
        request -> {
          request.response().putHeader("Retry-After", "60");
          end(request, got.size() == 1 ? 429 : 200);
        };
    subscribe(", 'credit': 1");
    ask("send", "{'queue': 'orders', 'body': 'a'}");
    ask("send", "{'queue': 'orders', 'body': 'b'}");
    eventually(
        () ->
            assertThat(
                    ask("get", "{'queue': 'orders'}")
                        .getJsonArray("groups")
                        .getJsonObject(0)
                        .getInteger("delayed"))
                .isOne());
    assertThat(got).hasSize(1);
    node.letTimePass(Duration.ofSeconds(61));
    eventually(() -> assertThat(messages("orders")).isZero());
    assertThat(got).hasSize(3);
  }

  @Test
  void endsTheSubscriptionWhenTheServerSaysThatItIsGone() {
    answer = request -> end(request, 410);
    subscribe("");
    ask("send", "{'queue': 'orders', 'body': 'a'}");
    eventually(
        () ->
            assertThat(ask("get", "{'queue': 'orders'}").getJsonArray("subscriptions")).isEmpty());
    eventually(
        () -> {
          JsonObject received = ask("receive", "{'queue': 'orders'}");
          assertThat(received.getJsonArray("messages").getJsonObject(0).getInteger("attempts"))
              .isOne();
        });
  }

  @Test
  void hasNoMoreUnderWayThanItsCredit() {
    List<HttpServerRequest> open = new CopyOnWriteArrayList<>();
    answer = open::add;
    subscribe(", 'credit': 2");
    for (String body : List.of("a", "b", "c")) {
      ask("send", "{'queue': 'orders', 'body': '" + body + "'}");
    }
    eventually(() -> assertThat(open).hasSize(2));
    assertThat(
            ask("get", "{'queue': 'orders'}")
                .getJsonArray("groups")
                .getJsonObject(0)
                .getInteger("inFlight"))
        .isEqualTo(2);
    List<HttpServerRequest> first = new ArrayList<>(open);
    answer = request -> end(request, 200);
    first.forEach(request -> node.vertx.runOnContext(now -> end(request, 200)));
    eventually(() -> assertThat(messages("orders")).isZero());
    assertThat(got).hasSize(3);
  }

  @Test
  void goesOnWhenTheServerIsBack() {
    ask("define", "{'queue': 'orders', 'maxAttempts': 0, 'backoff': {'minMs': 20, 'maxMs': 20}}");
    int port = server.actualPort();
    await(server.close());
    subscribe("");
    ask("send", "{'queue': 'orders', 'body': 'a'}");
    eventually(
        () ->
            assertThat(
                    node.kernel
                        .meters()
                        .get("vertebra.webhook.calls")
                        .tag("answer", "none")
                        .counter()
                        .count())
                .isPositive());
    listen(port);
    eventually(
        () -> {
          node.letTimePass(Duration.ofMillis(20));
          assertThat(messages("orders")).isZero();
        });
    assertThat(got).hasSize(1);
    assertThat(got.get(0).json().getInteger("attempts")).isGreaterThan(1);
  }

  @Test
  void goesOnWithTheNextOwner() {
    subscribe(", 'secret': '" + SECRET + "'");
    await(node.vertx.undeploy(verticle.deploymentID()));
    QueueVerticle next = QueueRig.deploy(node, "{'secretKeys': ['" + KEY + "']}");
    List<Outcome<SentMessage>> sent =
        await(next.service().send("orders", List.of(NewMessage.of("a"))));
    assertThat(sent.get(0).failure()).isEmpty();
    eventually(() -> assertThat(got).hasSize(1));
    assertThat(got.get(0).headers().get(WebhookSignature.SIGNATURE)).startsWith("v1,");
  }

  @Test
  void returnsAMessageThatGetsNoAnswerInTime() {
    answer =
        request -> {
          if (got.size() > 1) {
            end(request, 200);
          }
        };
    subscribe(", 'timeoutMs': 1000");
    ask("send", "{'queue': 'orders', 'body': 'a'}");
    eventually(() -> assertThat(messages("orders")).isZero());
    assertThat(got.get(1).json().getInteger("attempts")).isEqualTo(2);
  }

  @Test
  void refusesWhatItMayNotCallAndSaysWhatIsWrong() {
    String to = "{'queue': 'orders', 'url': '";
    assertThat(refused("subscribe", to + "http://10.0.0.1/'}"))
        .hasMessageContaining("/url must be of a host that webhook.hosts allows");
    assertThat(refused("subscribe", to + "ftp://localhost/'}"))
        .hasMessageContaining("/url must be a URL");
    assertThat(refused("subscribe", to + url + "', 'address': 'a'}"))
        .hasMessageContaining("/address or url must be given, and not both");
    assertThat(refused("subscribe", "{'queue': 'orders'}"))
        .hasMessageContaining("/address or url must be given");
    assertThat(refused("subscribe", to + url + "', 'secret': 'whsec_short'}"))
        .hasMessageContaining("/secret must be whsec_");
    assertThat(refused("subscribe", to + url + "', 'headers': {'Host': 'x'}}"))
        .hasMessageContaining("/headers must not have host");
    assertThat(refused("subscribe", to + url + "', 'headers': {'a': '1\\n2'}}"))
        .hasMessageContaining("/headers must have names and values that HTTP allows");
  }

  @Test
  void endsByItsUrl() {
    subscribe("");
    JsonObject view = ask("unsubscribe", "{'queue': 'orders', 'url': '" + url + "'}");
    assertThat(view.getJsonArray("subscriptions")).isEmpty();
  }
}
