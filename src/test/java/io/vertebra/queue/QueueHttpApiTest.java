package io.vertebra.queue;

import static io.vertebra.testkit.Waiting.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.client.HttpResponse;
import org.junit.jupiter.api.Test;

final class QueueHttpApiTest extends QueueApiContract {

  @Override
  Future<JsonObject> call(String action, JsonObject request) {
    return node.callByHttp("queue." + action, request);
  }

  @Test
  void takesABodyOfAnyTypeAsTheMessage() {
    HttpResponse<Buffer> sent =
        await(
            node.request(HttpMethod.POST, "/api/v1/queues/orders/messages?priority=9&key=ann")
                .putHeader("Content-Type", "application/octet-stream")
                .sendBuffer(Buffer.buffer("plain")));
    assertThat(sent.statusCode()).isEqualTo(200);
    JsonObject message =
        ask("receive", "{'queue': 'orders'}").getJsonArray("messages").getJsonObject(0);
    assertThat(message.getString("body")).isEqualTo("plain");
    assertThat(message.getString("key")).isEqualTo("ann");
    assertThat(message.getInteger("priority")).isEqualTo(9);
  }
}
