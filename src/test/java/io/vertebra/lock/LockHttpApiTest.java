package io.vertebra.lock;

import static io.vertebra.testkit.Waiting.await;
import static io.vertebra.testkit.Waiting.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertebra.api.Failure;
import io.vertebra.api.FailureCode;
import io.vertebra.api.Operation;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.client.HttpRequest;
import io.vertx.ext.web.client.HttpResponse;
import io.vertx.ext.web.client.WebClient;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.junit.jupiter.api.Test;

final class LockHttpApiTest extends LockApiContract {
  private final WebClient client = WebClient.create(rig.vertx);

  @Override
  Future<JsonObject> call(String name, JsonObject request) {
    Operation<?> operation = rig.operations.get(name);
    String path = operation.path();
    if (path.endsWith("*name")) {
      String escaped = URLEncoder.encode((String) request.remove("name"), StandardCharsets.UTF_8);
      path = path.replace("*name", escaped);
    }
    boolean body = operation.method() == HttpMethod.PUT || operation.method() == HttpMethod.POST;
    HttpRequest<Buffer> asked = client.request(operation.method(), rig.port, "127.0.0.1", path);
    if (!body) {
      request.forEach(field -> asked.addQueryParam(field.getKey(), field.getValue().toString()));
    }
    Future<HttpResponse<Buffer>> answer = body ? asked.sendJsonObject(request) : asked.send();
    return answer.map(LockHttpApiTest::json);
  }

  private static JsonObject json(HttpResponse<Buffer> response) {
    JsonObject json = response.bodyAsJsonObject();
    if (response.statusCode() == 200) {
      return json;
    }
    String code = json.getString("code").toUpperCase(Locale.ROOT);
    throw new Failure(FailureCode.valueOf(code), json.getString("detail"));
  }

  @Test
  void aClientThatDisconnectsLeavesTheQueue() {
    JsonObject unused = ask("lock.acquire", "{'name': 'a', 'owner': 'ann'}");
    HttpClient raw = rig.vertx.createHttpClient();
    HttpClientRequest request =
        await(raw.request(HttpMethod.PUT, rig.port, "127.0.0.1", "/api/v1/locks/a"));
    request.putHeader("content-type", "application/json");
    Future<?> answer = request.send(json("{'owner': 'bob', 'waitMs': 600000}").toBuffer());
    awaitWaiting("a", 1);
    Future<JsonObject> cid = call("lock.acquire", "{'name': 'a', 'owner': 'cid', 'waitMs': 60000}");
    awaitWaiting("a", 2);
    await(request.connection().close());
    eventually(() -> assertThat(answer.failed()).isTrue());
    awaitWaiting("a", 1);
    unused = ask("lock.release", "{'name': 'a', 'owner': 'ann'}");
    assertThat(await(cid).getString("owner")).isEqualTo("cid");
  }

  @Test
  void refusesAWriteUnderAnOvertakenFence() {
    JsonObject outer = ask("lock.acquire", "{'name': 'o', 'owner': 'ann'}");
    String fence = "o@" + (outer.getLong("token") - 1);
    HttpResponse<Buffer> response =
        await(
            client
                .put(rig.port, "127.0.0.1", "/api/v1/locks/a")
                .putHeader("if-fence", fence)
                .sendJsonObject(json("{'owner': 'ann'}")));
    assertThat(response.statusCode()).isEqualTo(423);
  }
}
