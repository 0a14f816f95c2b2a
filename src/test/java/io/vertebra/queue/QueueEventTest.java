package io.vertebra.queue;

import static io.vertebra.testkit.Waiting.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertebra.testkit.KvNode;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.client.HttpRequest;
import io.vertx.ext.web.client.HttpResponse;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Events in and out over HTTP. */
final class QueueEventTest {
  private final KvNode node = new KvNode();

  @BeforeEach
  void deploy() {
    QueueRig.deploy(node);
    JsonObject unused =
        await(node.callByHttp("queue.define", new JsonObject().put("queue", "orders")));
  }

  @AfterEach
  void close() {
    node.close();
  }

  private static Buffer json(String text) {
    return Buffer.buffer(text.replace('\'', '"'));
  }

  private HttpResponse<Buffer> post(String query, String type, Buffer body, String... headers) {
    HttpRequest<Buffer> request =
        node.request(HttpMethod.POST, "/api/v1/queues/orders/events" + query)
            .putHeader("Content-Type", type);
    for (int i = 0; i < headers.length; i += 2) {
      request.putHeader(headers[i], headers[i + 1]);
    }
    return await(request.sendBuffer(body));
  }

  private HttpResponse<Buffer> binary(String type, Buffer body, String id, String... more) {
    String[] headers = {
      "ce-specversion", "1.0", "ce-type", "sold", "ce-source", "/shop", "ce-id", id
    };
    String[] all = new String[headers.length + more.length];
    System.arraycopy(headers, 0, all, 0, headers.length);
    System.arraycopy(more, 0, all, headers.length, more.length);
    return post("", type, body, all);
  }

  private JsonObject received() {
    JsonObject request = new JsonObject().put("queue", "orders").put("max", 10);
    return await(node.callByHttp("queue.receive", request));
  }

  private JsonArray receivedAsEvents() {
    HttpResponse<Buffer> answer =
        await(
            node.request(HttpMethod.POST, "/api/v1/queues/orders/receive")
                .putHeader("Accept", "application/cloudevents-batch+json")
                .sendJsonObject(new JsonObject().put("max", 10)));
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.getHeader("content-type")).isEqualTo("application/cloudevents-batch+json");
    return answer.bodyAsJsonArray();
  }

  @Test
  void keepsTheAttributesOfABinaryEventInHeaders() {
    HttpResponse<Buffer> answer =
        binary("application/json", json("{'pens': 17}"), "1", "ce-partitionkey", "ann");
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.bodyAsJsonObject().getBoolean("duplicate")).isFalse();
    JsonObject message = received().getJsonArray("messages").getJsonObject(0);
    assertThat(message.getString("body")).isEqualTo("{\"pens\": 17}");
    assertThat(message.getString("contentType")).isEqualTo("application/json");
    assertThat(message.getString("key")).isEqualTo("ann");
    assertThat(message.getJsonObject("headers").getMap())
        .containsEntry("ce-id", "1")
        .containsEntry("ce-source", "/shop")
        .containsEntry("ce-type", "sold")
        .containsEntry("ce-specversion", "1.0")
        .containsEntry("ce-partitionkey", "ann");
  }

  @Test
  void takesAnEventOfOneSourceOnce() {
    JsonObject first = binary("text/plain", Buffer.buffer("a"), "1").bodyAsJsonObject();
    JsonObject again = binary("text/plain", Buffer.buffer("b"), "1").bodyAsJsonObject();
    assertThat(again.getBoolean("duplicate")).isTrue();
    assertThat(again.getString("id")).isEqualTo(first.getString("id"));
    Buffer other = json("{'specversion':'1.0','id':'1','source':'/other','type':'t'}");
    HttpResponse<Buffer> elsewhere = post("", "application/cloudevents+json", other);
    assertThat(elsewhere.bodyAsJsonObject().getBoolean("duplicate")).isFalse();
  }

  @Test
  void takesStructuredEventsAndBatches() {
    String event = "{'specversion':'1.0','source':'/s','type':'t','data':{'a':1},'id':";
    HttpResponse<Buffer> one =
        post("?priority=9", "application/cloudevents+json; charset=utf-8", json(event + "'1'}"));
    assertThat(one.statusCode()).isEqualTo(200);
    HttpResponse<Buffer> batch =
        post(
            "",
            "application/cloudevents-batch+json",
            json("[" + event + "'2'}," + event + "'3'}," + event + "'1'}]"));
    JsonArray items = batch.bodyAsJsonObject().getJsonArray("items");
    assertThat(items).hasSize(3);
    assertThat(items.getJsonObject(2).getBoolean("duplicate")).isTrue();
    JsonArray messages = received().getJsonArray("messages");
    assertThat(messages).hasSize(3);
    assertThat(messages.getJsonObject(0).getInteger("priority")).isEqualTo(9);
    assertThat(messages.getJsonObject(0).getString("body")).isEqualTo("{\"a\":1}");
  }

  @Test
  void saysWhichAttributeIsWrong() {
    HttpResponse<Buffer> missing = post("", "text/plain", Buffer.buffer("a"), "ce-id", "1");
    assertThat(missing.statusCode()).isEqualTo(400);
    assertThat(missing.bodyAsJsonObject().getString("detail"))
        .contains("/source is missing")
        .contains("/specversion is missing");
    HttpResponse<Buffer> unknown = post("", "application/cloudevents+avro", Buffer.buffer("a"));
    assertThat(unknown.bodyAsJsonObject().getString("detail"))
        .contains("/content-type must be application/cloudevents+json");
    String subject = "x".repeat(NewMessage.MAX_HEADER + 1);
    Buffer longOne =
        json("{'specversion':'1.0','id':'1','source':'/s','type':'t','subject':'" + subject + "'}");
    HttpResponse<Buffer> tooLong = post("", "application/cloudevents+json", longOne);
    assertThat(tooLong.bodyAsJsonObject().getString("detail"))
        .contains("/subject must have at most " + NewMessage.MAX_HEADER + " characters");
    HttpResponse<Buffer> batch =
        post("", "application/cloudevents-batch+json", json("[{'id':'1'}]"));
    assertThat(batch.bodyAsJsonObject().getString("detail")).contains("/0/type is missing");
  }

  @Test
  void givesBackTheEventThatWasSent() {
    assertThat(
            binary("application/json", json("{'a':[1,2]}"), "1", "ce-myext", "%E2%82%AC")
                .statusCode())
        .isEqualTo(200);
    JsonObject event = receivedAsEvents().getJsonObject(0);
    assertThat(event.getString("id")).isEqualTo("1");
    assertThat(event.getString("source")).isEqualTo("/shop");
    assertThat(event.getString("myext")).isEqualTo("€");
    assertThat(event.getJsonObject("data")).isEqualTo(new JsonObject("{\"a\":[1,2]}"));
    assertThat(event.getString("queueattempts")).isEqualTo("1");
    JsonObject ack =
        new JsonObject()
            .put("queue", "orders")
            .put(
                "items",
                new JsonArray()
                    .add(new JsonObject().put("receipt", event.getString("queuereceipt"))));
    JsonObject settled = await(node.callByHttp("queue.ack", ack));
    assertThat(settled.getJsonArray("items").getJsonObject(0).getString("result"))
        .isEqualTo("acked");
  }

  @Test
  void makesAnEventOfAMessageThatWasNone() {
    JsonObject plain = new JsonObject().put("queue", "orders").put("body", "hi").put("key", "k");
    String id = await(node.callByHttp("queue.send", plain)).getString("id");
    JsonObject odd =
        new JsonObject().put("queue", "orders").put("body", "x").put("contentType", "odd");
    assertThat(await(node.callByHttp("queue.send", odd)).getBoolean("duplicate")).isFalse();
    JsonArray events = receivedAsEvents();
    JsonObject event = events.getJsonObject(0);
    event.remove("queuereceipt");
    assertThat(event)
        .isEqualTo(
            new JsonObject()
                .put("specversion", "1.0")
                .put("id", id)
                .put("source", "/queues/orders")
                .put("type", "io.vertebra.queue.message")
                .put("time", "2030-01-01T00:00:00Z")
                .put("partitionkey", "k")
                .put("datacontenttype", "text/plain")
                .put("queueattempts", "1")
                .put("data", "hi"));
    assertThat(events.getJsonObject(1).getString("datacontenttype"))
        .isEqualTo("application/octet-stream");
  }
}
