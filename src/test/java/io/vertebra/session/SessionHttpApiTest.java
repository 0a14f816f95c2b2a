package io.vertebra.session;

import static io.vertebra.testkit.Waiting.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.client.HttpResponse;
import org.junit.jupiter.api.Test;

final class SessionHttpApiTest extends SessionApiContract {

  @Override
  Future<JsonObject> call(String action, JsonObject request) {
    return node.callByHttp("session." + action, request);
  }

  @Test
  void refusesAnIdInTheAddress() {
    String id = ask("create", "{}").getString("sessionId");
    HttpResponse<Buffer> refused =
        await(node.request(HttpMethod.GET, "/api/v1/session?sessionId=" + id).send());
    assertThat(refused.statusCode()).isEqualTo(400);
    assertThat(refused.bodyAsString())
        .contains("must be in the header Session-Id")
        .doesNotContain(id);
  }

  @Test
  void describesTheHeaderAndNoParameterOfTheQuery() {
    JsonObject document =
        await(node.request(HttpMethod.GET, "/openapi.json").send()).bodyAsJsonObject();
    String get =
        document
            .getJsonObject("paths")
            .getJsonObject("/api/v1/session")
            .getJsonObject("get")
            .getJsonArray("parameters")
            .encode();
    assertThat(get).contains("\"name\":\"Session-Id\",\"in\":\"header\"").doesNotContain("query");
  }
}
