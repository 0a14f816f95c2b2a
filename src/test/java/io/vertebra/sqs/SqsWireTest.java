package io.vertebra.sqs;

import static io.vertebra.testkit.Waiting.await;
import static io.vertebra.testkit.Waiting.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertebra.queue.DefineQueue;
import io.vertebra.queue.NewMessage;
import io.vertebra.queue.QueueView;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.client.HttpResponse;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What comes over the wire when no SDK sees to it. */
final class SqsWireTest {
  private static final String QUEUE = "http://any.host:1/000000000000/orders";

  private final SqsRig rig = new SqsRig();

  @BeforeEach
  void define() {
    await(rig.queues.define(DefineQueue.of("orders")));
  }

  @AfterEach
  void close() {
    rig.close();
  }

  private HttpResponse<Buffer> post(String path, String action, String body) {
    return await(
        rig.node
            .request(HttpMethod.POST, path)
            .putHeader("X-Amz-Target", "AmazonSQS." + action)
            .putHeader("Content-Type", "application/x-amz-json-1.0")
            .sendBuffer(Buffer.buffer(body)));
  }

  private void assertRefused(String action, String body, String type, String code) {
    HttpResponse<Buffer> answer = post("/", action, body);
    assertThat(answer.statusCode()).as(answer.bodyAsString()).isEqualTo(400);
    assertThat(answer.getHeader("Content-Type")).isEqualTo("application/x-amz-json-1.0");
    assertThat(answer.getHeader("x-amzn-query-error")).isEqualTo(code + ";Sender");
    assertThat(answer.bodyAsJsonObject().getString("__type")).isEqualTo(type);
    assertThat(answer.bodyAsJsonObject().getString("message")).isNotEmpty();
  }

  @Test
  void tellsErrorsAsSqsDoes() {
    String common = "com.amazon.coral.service#";
    assertRefused(
        "SendMessage",
        "{\"QueueUrl\":\"" + QUEUE + "x\",\"MessageBody\":\"a\"}",
        "com.amazonaws.sqs#QueueDoesNotExist",
        "AWS.SimpleQueueService.NonExistentQueue");
    assertRefused("Fly", "{}", common + "UnknownOperationException", "InvalidAction");
    for (String bad : List.of("{", "[]", "null", "\"a\"", "12", "{\"QueueUrl\":{}}", "\u0000")) {
      assertRefused("SendMessage", bad, common + "SerializationException", "MalformedInput");
    }
    for (String missing : List.of("", "{}", "{\"QueueUrl\":null}")) {
      assertRefused(
          "SendMessage", missing, common + "MissingRequiredParameterException", "MissingParameter");
    }
    assertRefused(
        "SendMessage",
        "{\"QueueUrl\":\"http://h/a b\"}",
        "com.amazonaws.sqs#InvalidAddress",
        "InvalidAddress");
    String url = "{\"QueueUrl\":\"" + QUEUE + "\",";
    for (String bad :
        List.of(
            "\"MessageAttributes\":[]",
            "\"MessageAttributes\":{\"a\":1}",
            "\"DelaySeconds\":\"soon\"",
            "\"DelaySeconds\":[1]")) {
      assertRefused(
          "SendMessage",
          url + "\"MessageBody\":\"a\"," + bad + "}",
          common + "SerializationException",
          "MalformedInput");
    }
    assertRefused(
        "SendMessageBatch",
        url + "\"Entries\":[1]}",
        common + "SerializationException",
        "MalformedInput");
    assertRefused(
        "ListQueues",
        "{\"NextToken\":\"?\"}",
        common + "InvalidParameterValueException",
        "InvalidParameterValue");
    assertRefused(
        "CancelMessageMoveTask",
        "{\"TaskHandle\":\"?\"}",
        common + "InvalidParameterValueException",
        "InvalidParameterValue");
    assertRefused(
        "StartMessageMoveTask",
        "{\"SourceArn\":\"orders\"}",
        common + "InvalidParameterValueException",
        "InvalidParameterValue");
    assertThat(await(rig.queues.get("orders")).messages()).isZero();
  }

  @Test
  void takesAQueueByNameByUrlAndAtItsUrl() {
    for (String queue : List.of("orders", QUEUE, "https://sqs.eu.example/1/orders")) {
      String body = "{\"QueueUrl\":\"" + queue + "\",\"MessageBody\":\"a\"}";
      for (String path : List.of("/", "/000000000000/orders", "/sqs", "/sqs/")) {
        assertThat(post(path, "SendMessage", body).statusCode()).isEqualTo(200);
      }
    }
    assertThat(await(rig.queues.get("orders")).messages()).isEqualTo(12);
  }

  @Test
  void leavesOtherRequestsToOthers() {
    HttpResponse<Buffer> none = await(rig.node.request(HttpMethod.POST, "/").send());
    assertThat(none.statusCode()).isEqualTo(404);
    HttpResponse<Buffer> other =
        await(
            rig.node
                .request(HttpMethod.POST, "/")
                .putHeader("X-Amz-Target", "DynamoDB_20120810.PutItem")
                .send());
    assertThat(other.statusCode()).isEqualTo(404);
    assertThat(post("/elsewhere", "ListQueues", "{}").statusCode()).isEqualTo(404);
  }

  @Test
  void hasTheUrlOfAQueueAtTheAddressThatTheClientAsked() {
    JsonObject answer =
        await(
                rig.node
                    .request(HttpMethod.POST, "/sqs/")
                    .virtualHost("queues.localhost")
                    .putHeader("X-Amz-Target", "AmazonSQS.GetQueueUrl")
                    .sendBuffer(Buffer.buffer("{\"QueueName\":\"orders\"}")))
            .bodyAsJsonObject();
    assertThat(answer.getString("QueueUrl"))
        .startsWith("http://queues.localhost")
        .endsWith("/sqs/000000000000/orders");
  }

  @Test
  void keepsWhatAClientThatWentAwayWouldHaveGot() {
    HttpClient client = rig.node.vertx.createHttpClient();
    URI at = URI.create(rig.node.url());
    HttpClientRequest waiting =
        await(client.request(HttpMethod.POST, at.getPort(), at.getHost(), "/"));
    waiting.putHeader("X-Amz-Target", "AmazonSQS.ReceiveMessage");
    Future<?> answer =
        waiting.send(Buffer.buffer("{\"QueueUrl\":\"" + QUEUE + "\",\"WaitTimeSeconds\":20}"));
    eventually(() -> assertThat(rig.waiting()).isEqualTo(1));
    await(waiting.connection().close());
    eventually(() -> assertThat(rig.waiting()).isZero());
    assertThat(answer).isNotNull();
    await(rig.queues.send("orders", List.of(NewMessage.of("a"))));
    eventually(
        () -> {
          QueueView queue = await(rig.queues.get("orders"));
          assertThat(queue.groups().get(0).ready()).isEqualTo(1);
        });
  }

  @Test
  void hasBodiesThatAreNoTextInBase64() {
    HttpResponse<Buffer> sent =
        await(
            rig.node
                .request(HttpMethod.POST, "/api/v1/queues/orders/messages")
                .putHeader("Content-Type", "application/octet-stream")
                .sendBuffer(Buffer.buffer(new byte[] {-1, 0, 1})));
    assertThat(sent.statusCode()).isEqualTo(200);
    JsonObject answer = post("/", "ReceiveMessage", "{\"QueueUrl\":\"orders\"}").bodyAsJsonObject();
    JsonObject message = answer.getJsonArray("Messages").getJsonObject(0);
    assertThat(message.getString("Body")).isEqualTo("/wAB");
    assertThat(message.getString("MD5OfBody"))
        .isEqualTo(Md5.of("/wAB".getBytes(StandardCharsets.UTF_8)));
  }
}
