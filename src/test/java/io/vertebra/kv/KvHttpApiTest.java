package io.vertebra.kv;

import static io.vertebra.testkit.Waiting.await;
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
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Locale;
import org.junit.jupiter.api.Test;

/** The store as HTTP clients see it. */
final class KvHttpApiTest extends KvApiContract {
  private final WebClient client = WebClient.create(rig.vertx);

  @Override
  Future<JsonObject> call(String name, JsonObject request) {
    Operation<?> operation = rig.operations.get(name);
    StringBuilder path = new StringBuilder();
    for (String segment : operation.path().substring(1).split("/", -1)) {
      boolean parameter = segment.startsWith(":") || segment.startsWith("*");
      path.append('/').append(parameter ? parameter(segment.substring(1), request) : segment);
    }
    boolean body = operation.method() == HttpMethod.PUT || operation.method() == HttpMethod.POST;
    HttpRequest<Buffer> asked = request(operation.method(), path.toString());
    if (!body) {
      request.forEach(field -> asked.addQueryParam(field.getKey(), field.getValue().toString()));
    }
    Future<HttpResponse<Buffer>> answer = body ? asked.sendJsonObject(request) : asked.send();
    return answer.map(KvHttpApiTest::json);
  }

  private static String parameter(String name, JsonObject request) {
    Object text = request.remove(name);
    byte[] bytes =
        text == null
            ? Base64.getDecoder().decode((String) request.remove(name + "Base64"))
            : text.toString().getBytes(StandardCharsets.UTF_8);
    StringBuilder escaped = new StringBuilder();
    for (byte octet : bytes) {
      escaped.append(String.format("%%%02x", octet));
    }
    return escaped.toString();
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

  private HttpResponse<Buffer> put(String path, String body, String... headers) {
    return await(request(HttpMethod.PUT, path, headers).sendBuffer(Buffer.buffer(body)));
  }

  private HttpResponse<Buffer> get(String path, String... headers) {
    return await(request(HttpMethod.GET, path, headers).send());
  }

  @Test
  void takesAndGivesValuesAsTheyAre() {
    HttpResponse<Buffer> written =
        put("/api/v1/kv/a/b", "hi=\u00f6", "content-type", "application/x-www-form-urlencoded");
    String tag = written.getHeader("etag");
    assertThat(tag).isEqualTo("\"" + written.bodyAsJsonObject().getLong("revision") + "\"");
    HttpResponse<Buffer> raw = get("/api/v1/kv/a/b", "accept", "application/octet-stream");
    assertThat(raw.bodyAsString()).isEqualTo("hi=\u00f6");
    assertThat(raw.getHeader("etag")).isEqualTo(tag);
    assertThat(get("/api/v1/kv/a/b", "if-none-match", tag).statusCode()).isEqualTo(304);
    assertThat(get("/api/v1/kv/a%2Fb").bodyAsJsonObject().getString("key")).isEqualTo("a/b");
  }

  @Test
  void writesUnderTheConditionsOfHeaders() {
    String tag = put("/api/v1/kv/a", "1", "if-none-match", "*").getHeader("etag");
    assertThat(put("/api/v1/kv/a", "2", "if-none-match", "*").statusCode()).isEqualTo(412);
    assertThat(put("/api/v1/kv/a", "2", "if-match", tag).statusCode()).isEqualTo(200);
    assertThat(put("/api/v1/kv/a", "3", "if-match", tag).statusCode()).isEqualTo(412);
    assertThat(put("/api/v1/kv/a", "4", "if-fence", "~jobs@9").statusCode()).isEqualTo(200);
    HttpResponse<Buffer> fenced = put("/api/v1/kv/a", "5", "if-fence", "~jobs@8");
    assertThat(fenced.statusCode()).isEqualTo(423);
    HttpResponse<Buffer> once = put("/api/v1/kv/b", "1", "idempotency-key", "\"k\"");
    HttpResponse<Buffer> again = put("/api/v1/kv/b", "1", "idempotency-key", "\"k\"");
    assertThat(again.getHeader("etag")).isEqualTo(once.getHeader("etag"));
    assertThat(again.bodyAsJsonObject().getBoolean("replayed")).isTrue();
  }

  @Test
  void answersNothingNewWhenNothingChangedInTime() {
    String tag = put("/api/v1/kv/a", "1").getHeader("etag");
    HttpResponse<Buffer> header = get("/api/v1/kv/a", "if-none-match", tag, "prefer", "wait=1");
    assertThat(header.statusCode()).isEqualTo(304);
    String known = URLEncoder.encode(tag.replace("\"", ""), StandardCharsets.UTF_8);
    assertThat(get("/api/v1/kv/a?waitMs=1&ifNotRevision=" + known).statusCode()).isEqualTo(304);
    assertThat(get("/api/v1/kv?waitMs=1&prefix=a&ifNotRevision=" + known).statusCode())
        .isEqualTo(304);
  }

  @Test
  void keepsAnEmptyKeyApartFromTheList() {
    assertThat(get("/api/v1/kv/").statusCode()).isEqualTo(400);
    assertThat(get("/api/v1/kv").statusCode()).isEqualTo(200);
    HttpResponse<Buffer> wrong = await(request(HttpMethod.PATCH, "/api/v1/kv/a").send());
    assertThat(wrong.getHeader("allow")).isEqualTo("DELETE, GET, HEAD, PUT");
  }

  @Test
  void describesItsOperations() {
    JsonObject paths = get("/openapi.json").bodyAsJsonObject().getJsonObject("paths");
    assertThat(paths.fieldNames())
        .contains("/api/v1/kv/{key}", "/api/v1/kv:txn", "/api/v1/kv:watch", "/api/v1/leases");
    JsonObject put = paths.getJsonObject("/api/v1/kv/{key}").getJsonObject("put");
    assertThat(put.getJsonObject("requestBody").getJsonObject("content").fieldNames())
        .containsExactlyInAnyOrder("application/json", "*/*");
    assertThat(put.encode()).contains("If-Fence", "Idempotency-Key", "If-Match");
  }
}
