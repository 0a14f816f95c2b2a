package io.vertebra.http;

import static io.vertebra.testkit.Waiting.await;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertebra.api.Fields;
import io.vertebra.api.Lifecycle;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.client.HttpRequest;
import io.vertx.ext.web.client.HttpResponse;
import io.vertx.ext.web.client.WebClient;
import io.vertx.junit5.VertxExtension;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Bytes as bodies, names of any bytes in paths, and fields in headers. */
@ExtendWith(VertxExtension.class)
final class RawBodiesTest {
  private ApiServer server;
  private WebClient client;
  private int port;

  @BeforeEach
  void start(Vertx vertx) {
    ApiOptions options =
        ApiOptions.from(
            Fields.of(new JsonObject().put("port", 0).put("token", "a-token-of-16-chars")));
    Lifecycle lifecycle = new Lifecycle();
    lifecycle.ready();
    PrometheusMeterRegistry meters = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    server = new ApiServer(vertx, "n1", options, lifecycle, meters, List.of());
    await(server.door().open(new Notes().api()));
    port = await(server.start());
    client = WebClient.create(vertx);
  }

  @AfterEach
  void stop() {
    await(server.close());
  }

  private HttpRequest<Buffer> request(HttpMethod method, String path, String... headers) {
    HttpRequest<Buffer> request =
        client
            .request(method, port, "127.0.0.1", path)
            .putHeader("authorization", "Bearer a-token-of-16-chars");
    for (int i = 0; i < headers.length; i += 2) {
      request.putHeader(headers[i], headers[i + 1]);
    }
    return request;
  }

  private HttpResponse<Buffer> get(String path, String... headers) {
    return await(request(HttpMethod.GET, path, headers).send());
  }

  private HttpResponse<Buffer> put(String path, String body, String... headers) {
    return await(request(HttpMethod.PUT, path, headers).sendBuffer(Buffer.buffer(body)));
  }

  private static String pointer(HttpResponse<Buffer> response) {
    assertThat(response.statusCode()).isEqualTo(400);
    return response.bodyAsJsonObject().getJsonArray("errors").getJsonObject(0).getString("pointer");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "application/octet-stream",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "text/plain"
      })
  void takesABodyOfAnyOtherTypeAsBytes(String type) {
    String value =
        put("/notes/a", "a=b&{", "content-type", type).bodyAsJsonObject().getString("value");
    assertThat(value).isEqualTo("a=b&{");
  }

  @Test
  void takesABodyWithoutTypeAndAnEmptyOneWithType() throws Exception {
    try (RawClient raw = new RawClient(port)) {
      raw.send("PUT /notes/a HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n");
      raw.send("Authorization: Bearer a-token-of-16-chars\r\nContent-Length: 2\r\n\r\nhi");
      assertThat(raw.untilClosed()).startsWith("HTTP/1.1 200 ").contains("\"value\":\"hi\"");
    }
    assertThat(
            put("/notes/a", "", "content-type", "text/plain").bodyAsJsonObject().getString("value"))
        .isEmpty();
    assertThat(pointer(await(request(HttpMethod.PUT, "/notes/a").send()))).isEqualTo("/value");
  }

  @Test
  void readsJsonAsTheRequestItself() {
    String json = "{\"value\": \"aGk=\"}";
    assertThat(put("/notes/a", json, "content-type", "application/json").bodyAsJsonObject())
        .isEqualTo(new JsonObject().put("key", "a").put("value", "hi"));
    HttpResponse<Buffer> other =
        await(
            request(HttpMethod.POST, "/notes:swap", "content-type", "text/plain")
                .sendBuffer(Buffer.buffer("x")));
    assertThat(other.statusCode()).isEqualTo(415);
  }

  @Test
  void joinsABodyOfManyParts() throws Exception {
    try (RawClient raw = new RawClient(port)) {
      raw.send("PUT /notes/a HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n");
      raw.send("Authorization: Bearer a-token-of-16-chars\r\nTransfer-Encoding: chunked\r\n\r\n");
      for (String part : List.of("one", "two", "six")) {
        raw.send("3\r\n" + part + "\r\n");
      }
      raw.send("0\r\n\r\n");
      assertThat(raw.untilClosed()).contains("\"value\":\"onetwosix\"");
    }
  }

  @Test
  void givesBytesToThoseWhoPreferThem() {
    HttpResponse<Buffer> raw = get("/notes/a", "accept", "application/octet-stream");
    assertThat(raw.bodyAsString()).isEqualTo("some \u00f6");
    assertThat(raw.getHeader("content-type")).isEqualTo("application/octet-stream");
    assertThat(raw.getHeader("etag")).isEqualTo("\"7\"");
    assertThat(raw.getHeader("vary")).isEqualTo("accept");
    HttpResponse<Buffer> json = get("/notes/a");
    assertThat(json.bodyAsJsonObject().getString("value")).isEqualTo("c29tZSDDtg==");
    assertThat(json.getHeader("vary")).isEqualTo("accept");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "*/* | json",
        "application/json, application/octet-stream;q=0.9 | json",
        "application/json;q=0.1, application/octet-stream;q=0.2 | bytes",
        "application/*;q=0.5, application/octet-stream | bytes",
        "application/octet-stream;q=0, */* | json",
        "application/octet-stream;q=x | json",
        "text/html, */*;q=0.8 | json"
      })
  void weighsWhatIsAccepted(String accept, String given) {
    boolean bytes = get("/notes/a", "accept", accept).bodyAsString().equals("some \u00f6");
    assertThat(bytes).isEqualTo(given.equals("bytes"));
  }

  @Test
  void sparesWhatIsKnownInEitherForm() {
    String[] accepts = {"application/json", "application/octet-stream"};
    for (String accept : accepts) {
      assertThat(get("/notes/a", "accept", accept, "if-none-match", "\"7\"").statusCode())
          .isEqualTo(304);
    }
    assertThat(get("/notes/a?ifNotRevision=7").statusCode()).isEqualTo(304);
    assertThat(get("/notes/a?ifNotRevision=6").statusCode()).isEqualTo(200);
  }

  @ParameterizedTest
  @CsvSource({
    "/notes/a/b, a/b",
    "/notes/a%2Fb, a/b",
    "/notes/a//b, a//b",
    "/notes//, /",
    "/notes/../x, ../x",
    "/notes/%2e%2E/x, ../x",
    "/notes/a%2525, a%25",
    "/notes/a+b, a+b",
    "/notes/a:b, a:b",
    "/notes/:swap, :swap",
    "/notes/%FF%00, '\u00ff\u0000'",
    "/notes/../../health/live, ../../health/live",
    "/notes/, ''"
  })
  void takesTheRestOfAPathAsItWasSent(String path, String key) throws Exception {
    try (RawClient raw = new RawClient(port)) {
      raw.send("GET " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n");
      raw.send("Authorization: Bearer a-token-of-16-chars\r\n\r\n");
      String answer = raw.untilClosed();
      assertThat(answer).startsWith("HTTP/1.1 200 ");
      byte[] body = answer.substring(answer.indexOf("\r\n\r\n")).getBytes(ISO_8859_1);
      JsonObject json = new JsonObject(Buffer.buffer(body));
      assertThat(json.getString("key")).isEqualTo(key);
    }
  }

  @Test
  void asksForTheTokenAlsoWhenThePathLeadsToAProbe() throws Exception {
    try (RawClient raw = new RawClient(port)) {
      raw.send(
          "GET /notes/../health/live HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
      assertThat(raw.untilClosed()).startsWith("HTTP/1.1 401 ");
    }
  }

  @Test
  void refusesAnEscapeThatIsNone() throws Exception {
    try (RawClient raw = new RawClient(port)) {
      raw.send("GET /notes/%zz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n");
      raw.send("Authorization: Bearer a-token-of-16-chars\r\n\r\n");
      assertThat(raw.untilClosed()).startsWith("HTTP/1.1 400 ").contains("hex digits");
    }
  }

  @Test
  void keepsActionsWithAColonApartFromParameters() {
    HttpResponse<Buffer> swapped = await(request(HttpMethod.POST, "/notes:swap").send());
    assertThat(swapped.statusCode()).isEqualTo(200);
    assertThat(await(request(HttpMethod.POST, "/notes:swop").send()).statusCode()).isEqualTo(404);
    assertThat(get("/notes").bodyAsJsonObject()).isEqualTo(new JsonObject());
  }

  @Test
  void tellsTheMethodsOfAPathWhoseRestIsAName() {
    HttpResponse<Buffer> response = await(request(HttpMethod.POST, "/notes/a/b").send());
    assertThat(response.statusCode()).isEqualTo(405);
    assertThat(response.getHeader("allow")).isEqualTo("GET, HEAD, PUT");
    HttpResponse<Buffer> head = await(request(HttpMethod.HEAD, "/notes/a/b").send());
    assertThat(head.statusCode()).isEqualTo(200);
  }

  @Test
  void readsFieldsOfAWriteFromHeaders() {
    HttpResponse<Buffer> response =
        put("/notes/a", "x", "if-fence", "jobs@a@17", "idempotency-key", "\"a\\\"1\"");
    assertThat(response.bodyAsJsonObject().getString("fence")).isEqualTo("jobs@a@17");
    assertThat(response.bodyAsJsonObject().getString("once")).isEqualTo("a\"1");
    assertThat(put("/notes/a", "x", "idempotency-key", "b2").bodyAsJsonObject().getString("once"))
        .isEqualTo("b2");
    assertThat(pointer(put("/notes/a?fence=b@1", "x", "if-fence", "a@1"))).isEqualTo("/fence");
  }

  @Test
  void neverIgnoresAConditionThatAWriteDoesNotKnow() {
    assertThat(pointer(put("/notes/a", "x", "if-match", "\"7\""))).isEqualTo("/ifRevision");
    HttpRequest<Buffer> swap = request(HttpMethod.POST, "/notes:swap", "if-fence", "a@1");
    assertThat(pointer(await(swap.send()))).isEqualTo("/fence");
    HttpRequest<Buffer> once = request(HttpMethod.POST, "/notes:swap", "idempotency-key", "a");
    assertThat(pointer(await(once.send()))).isEqualTo("/idempotencyKey");
  }

  @Test
  void readsFieldsOfAReadFromHeadersWhereTheyAreKnown() {
    JsonObject answer =
        get("/notes/a", "prefer", "respond-async, wait=2", "if-none-match", "\"6\"")
            .bodyAsJsonObject();
    assertThat(answer.getLong("wait")).isEqualTo(2000);
    assertThat(answer.getLong("not")).isEqualTo(6);
    assertThat(get("/notes", "prefer", "wait=2", "if-none-match", "\"6\"").statusCode())
        .isEqualTo(200);
  }
}
