package io.vertebra.counter;

import static io.vertebra.testkit.Waiting.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.client.HttpRequest;
import org.junit.jupiter.api.Test;

final class CounterHttpApiTest extends CounterApiContract {

  @Override
  Future<JsonObject> call(String action, JsonObject request) {
    return node.callByHttp("counter." + action, request);
  }

  @Test
  void takesConditionsFromHeaders() {
    assertThat(status(post("/api/v1/counters/a").putHeader("idempotency-key", "\"k\"")))
        .isEqualTo(200);
    assertThat(status(post("/api/v1/counters/b").putHeader("idempotency-key", "k"))).isEqualTo(422);
    assertThat(status(post("/api/v1/counters/a").putHeader("if-fence", "~jobs@9"))).isEqualTo(200);
    assertThat(status(post("/api/v1/counters/a").putHeader("if-fence", "~jobs@8"))).isEqualTo(423);
  }

  private HttpRequest<?> post(String path) {
    return node.request(HttpMethod.POST, path);
  }

  private static int status(HttpRequest<?> request) {
    return await(request.send()).statusCode();
  }
}
