package io.vertebra.kv;

import static io.vertebra.testkit.Waiting.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.json.JsonObject;
import org.junit.jupiter.api.Test;

/** The store as callers over the event bus see it. */
final class KvBusApiTest extends KvApiContract {

  @Override
  Future<JsonObject> call(String operation, JsonObject request) {
    return call(operation, request, new DeliveryOptions());
  }

  private Future<JsonObject> call(String operation, JsonObject request, DeliveryOptions options) {
    String[] parts = operation.split("\\.", -1);
    return rig.vertx
        .eventBus()
        .<JsonObject>request("vertebra." + parts[0], request, options.addHeader("action", parts[1]))
        .map(message -> message.body());
  }

  @Test
  void takesFenceAndIdempotencyKeyFromHeaders() {
    JsonObject put = new JsonObject().put("key", "a").put("text", "1");
    DeliveryOptions headers =
        new DeliveryOptions().addHeader("fence", "~jobs@5").addHeader("idempotencyKey", "k");
    assertThat(await(call("kv.put", put, headers)).getBoolean("replayed")).isFalse();
    put.put("fence", "~jobs@5").put("idempotencyKey", "k");
    assertThat(await(call("kv.put", put)).getBoolean("replayed")).isTrue();
  }
}
