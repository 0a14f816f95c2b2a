package io.vertebra.config;

import static io.vertebra.testkit.Waiting.await;
import static io.vertebra.testkit.Waiting.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertebra.api.Failure;
import io.vertebra.api.FailureCode;
import io.vertebra.api.Operation;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.client.HttpRequest;
import io.vertx.ext.web.client.HttpResponse;
import io.vertx.ext.web.client.WebClient;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Configuration as HTTP clients see it. */
final class ConfigHttpApiTest extends ConfigApiContract {
  private final WebClient client = WebClient.create(rig.vertx);
  private final Map<String, Operation<?>> operations =
      ConfigApi.of(rig.service()).operations().stream()
          .collect(Collectors.toMap(Operation::action, Function.identity()));

  @Override
  Future<JsonObject> call(String action, JsonObject request) {
    Operation<?> operation = operations.get(action);
    StringBuilder path = new StringBuilder();
    for (String segment : operation.path().substring(1).split("/", -1)) {
      boolean parameter = segment.startsWith(":") || segment.startsWith("*");
      path.append('/').append(parameter ? request.remove(segment.substring(1)) : segment);
    }
    boolean body = operation.method() == HttpMethod.PUT || operation.method() == HttpMethod.POST;
    HttpRequest<Buffer> asked = request(operation.method(), path.toString());
    if (!body) {
      request.forEach(
          field ->
              asked.addQueryParam(
                  field.getKey(), field.getValue().toString().replaceAll("[\\[\\]\"]", "")));
    }
    Future<HttpResponse<Buffer>> answer = body ? asked.sendJsonObject(request) : asked.send();
    return answer.map(ConfigHttpApiTest::json);
  }

  private static JsonObject json(HttpResponse<Buffer> response) {
    JsonObject json = response.bodyAsJsonObject();
    if (response.statusCode() == 200) {
      return json;
    }
    String code = json.getString("code").toUpperCase(Locale.ROOT);
    throw new Failure(FailureCode.valueOf(code), json.getString("detail"));
  }

  private HttpRequest<Buffer> request(HttpMethod method, String path, String... headers) {
    HttpRequest<Buffer> request = client.request(method, rig.port, "127.0.0.1", path);
    for (int i = 0; i < headers.length; i += 2) {
      request.putHeader(headers[i], headers[i + 1]);
    }
    return request;
  }

  private HttpResponse<Buffer> get(String path, String... headers) {
    return await(request(HttpMethod.GET, path, headers).send());
  }

  private HttpResponse<Buffer> put(HttpMethod method, String path, String body, String... headers) {
    return await(request(method, path, headers).sendBuffer(Buffer.buffer(body)));
  }

  @Test
  void takesAndGivesValuesAsTheyAre() {
    String path = "/api/v1/config/ns/keys/a%20b/c.yaml";
    HttpResponse<Buffer> written = put(HttpMethod.PUT, path, "x: 1", "content-type", "text/yaml");
    String tag = written.getHeader("etag");
    HttpResponse<Buffer> raw = get(path, "accept", "application/octet-stream");
    assertThat(raw.bodyAsString()).isEqualTo("x: 1");
    assertThat(raw.getHeader("etag")).isEqualTo(tag);
    assertThat(get(path).bodyAsJsonObject().getString("key")).isEqualTo("a b/c.yaml");
    assertThat(get(path, "if-none-match", tag, "prefer", "wait=1").statusCode()).isEqualTo(304);
    assertThat(get("/api/v1/config/ns", "if-none-match", tag).statusCode()).isEqualTo(304);
    assertThat(put(HttpMethod.PUT, path, "x: 2", "if-match", "\"1000\"").statusCode())
        .isEqualTo(412);
    HttpResponse<Buffer> wrong = await(request(HttpMethod.PATCH, path).send());
    assertThat(wrong.getHeader("allow")).isEqualTo("DELETE, GET, HEAD, PUT");
  }

  @Test
  void readsWhoAsksFromHeaders() {
    put("a", "all");
    JsonObject unused =
        ask(
            "put-gray",
            "{'name': 'g', 'rule': {'labels': ['zone:a'], 'percent': 100},"
                + " 'changes': [{'key': 'a', 'text': 'some'}]}");
    String path = "/api/v1/config/ns/keys/a";
    assertThat(get(path, "vertebra-labels", "zone:a").bodyAsJsonObject().getString("text"))
        .isEqualTo("all");
    assertThat(
            get(path, "vertebra-labels", "app:x,zone:a", "vertebra-caller", "c1")
                .bodyAsJsonObject()
                .getString("text"))
        .isEqualTo("some");
  }

  @Test
  void takesAnArchiveAsItIs() {
    put("a/b", "1");
    Buffer tar = get("/api/v1/config/ns/export", "accept", "application/octet-stream").body();
    HttpRequest<Buffer> request =
        request(HttpMethod.POST, "/api/v1/config/copy/import", "content-type", "application/x-tar");
    assertThat(await(request.sendBuffer(tar)).statusCode()).isEqualTo(200);
    assertThat(get("/api/v1/config/copy/keys/a/b").bodyAsJsonObject().getString("text"))
        .isEqualTo("1");
  }

  @Test
  void streamsChanges() {
    long start = put("a", "1");
    StringBuffer told = new StringBuffer();
    Future<?> unused =
        rig.vertx
            .createHttpClient()
            .request(HttpMethod.GET, rig.port, "127.0.0.1", "/api/v1/config/ns/watch")
            .compose(
                request ->
                    request
                        .putHeader("accept", "text/event-stream")
                        .putHeader("last-event-id", Long.toString(start))
                        .send()
                        .onSuccess(
                            response -> response.handler(piece -> told.append(piece.toString()))));
    eventually(() -> assertThat(told.toString()).contains("open"));
    long second = put("a", "2");
    eventually(() -> assertThat(told.toString()).contains("id: " + second, "\"text\":\"2\""));
  }
}
