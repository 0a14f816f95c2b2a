package io.vertebra.route;

import static io.vertebra.testkit.Waiting.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonObject;
import org.junit.jupiter.api.Test;

final class RouteHttpApiTest extends RouteApiContract {

  @Override
  Future<JsonObject> call(String action, JsonObject request) {
    return node.callByHttp("route." + action, request);
  }

  @Test
  void takesTheFenceFromAHeader() {
    assertThat(status("~jobs@9")).isEqualTo(200);
    assertThat(status("~jobs@8")).isEqualTo(423);
  }

  private int status(String fence) {
    return await(
            node.request(HttpMethod.PUT, "/api/v1/routes/b")
                .putHeader("if-fence", fence)
                .sendJsonObject(new JsonObject().put("upstream", "web")))
        .statusCode();
  }
}
