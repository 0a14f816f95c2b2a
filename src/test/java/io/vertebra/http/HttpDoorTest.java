package io.vertebra.http;

import static io.vertebra.testkit.Waiting.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertebra.api.Api;
import io.vertebra.api.BusDoor;
import io.vertebra.api.Failure;
import io.vertebra.api.FailureCode;
import io.vertebra.api.Fields;
import io.vertebra.api.Interceptor;
import io.vertebra.api.Lifecycle;
import io.vertebra.api.Operation;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.client.HttpRequest;
import io.vertx.ext.web.client.HttpResponse;
import io.vertx.ext.web.client.WebClient;
import io.vertx.junit5.VertxExtension;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Operations as HTTP clients see them, over a real server. */
@ExtendWith(VertxExtension.class)
final class HttpDoorTest {
  private final PrometheusMeterRegistry meters =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final AtomicLong nanos = new AtomicLong();
  private ApiServer server;
  private WebClient client;
  private int port;

  /** What the operations are asked with. */
  record Shelf(String name, int size, List<String> labels, Optional<Long> ifRevision) {
    static Shelf from(Fields fields) {
      String name = fields.text("name", 1, 20).required();
      int size = fields.integer("size", 1, 100).orElse(10);
      List<String> labels = fields.texts("labels", 5, 10).orElse(List.of());
      Optional<Long> revision = fields.longInteger("ifRevision", 0, Long.MAX_VALUE).optional();
      return fields.build(() -> new Shelf(name, size, labels, revision));
    }

    Future<JsonObject> toJson() {
      JsonObject json = new JsonObject().put("name", name).put("size", size);
      json.put("labels", new JsonArray(labels)).put("revision", 12);
      ifRevision.ifPresent(revision -> json.put("ifRevision", revision));
      return Future.succeededFuture(json);
    }
  }

  @BeforeEach
  void start(Vertx vertx) {
    ApiOptions options = ApiOptions.from(Fields.of(new JsonObject().put("port", 0)));
    Lifecycle lifecycle = new Lifecycle();
    lifecycle.ready();
    List<Interceptor> interceptors = List.of(new MeterInterceptor(meters, nanos::get));
    server = new ApiServer(vertx, "n1", options, lifecycle, meters, interceptors);
    await(server.door().open(shelves("n1")));
    await(new BusDoor(vertx, "n2", Interceptor.chain(List.of())).open(shelves("n2")));
    port = await(server.start());
    client = WebClient.create(vertx);
  }

  @AfterEach
  void stop() {
    await(server.close());
  }

  private Api shelves(String node) {
    return new Api(
        "shelf",
        Api.Scope.NODE,
        List.of(
            Operation.of(
                "read", HttpMethod.GET, "/shelves/:name", "Reads.", Shelf::from, Shelf::toJson),
            Operation.of(
                "write", HttpMethod.PUT, "/shelves/:name", "Writes.", Shelf::from, Shelf::toJson),
            Operation.of(
                "drop", HttpMethod.DELETE, "/shelves/:name", "Drops.", Shelf::from, Shelf::toJson),
            Operation.of(
                "best",
                HttpMethod.GET,
                "/shelves/best",
                "Names the best.",
                fields -> fields.build(() -> node),
                name -> Future.succeededFuture(new JsonObject().put("best", name))),
            Operation.of(
                "fail",
                HttpMethod.POST,
                "/failures/:code",
                "Fails.",
                HttpDoorTest::code,
                code -> Failure.future(code, "as told")),
            Operation.of(
                "break",
                HttpMethod.POST,
                "/breaks",
                "Breaks.",
                fields -> fields.build(() -> node),
                name -> {
                  throw new IllegalStateException("secret detail");
                })));
  }

  private static FailureCode code(Fields fields) {
    FailureCode code = fields.choice("code", FailureCode.class).required();
    return fields.build(() -> code);
  }

  private HttpRequest<Buffer> request(HttpMethod method, String path) {
    return client.request(method, port, "127.0.0.1", path);
  }

  private HttpResponse<Buffer> get(String path) {
    return await(request(HttpMethod.GET, path).send());
  }

  private HttpResponse<Buffer> put(String path, String body) {
    return await(
        request(HttpMethod.PUT, path)
            .putHeader("content-type", "application/json; charset=utf-8")
            .sendBuffer(Buffer.buffer(body)));
  }

  private static String violation(HttpResponse<Buffer> response) {
    assertThat(response.statusCode()).isEqualTo(400);
    assertThat(response.getHeader("content-type")).isEqualTo("application/problem+json");
    JsonArray errors = response.bodyAsJsonObject().getJsonArray("errors");
    assertThat(errors).hasSize(1);
    return errors.getJsonObject(0).getString("pointer");
  }

  @Test
  void readsPathQueryAndBodyAsOneRequest() {
    JsonObject answer = put("/shelves/a%2Fb?labels=x,y", "{\"size\": 7}").bodyAsJsonObject();
    assertThat(answer.getString("name")).isEqualTo("a/b");
    assertThat(answer.getInteger("size")).isEqualTo(7);
    assertThat(answer.getJsonArray("labels")).containsExactly("x", "y");
  }

  @Test
  void readsNumbersFromTheQueryButNotFromTextInTheBody() {
    assertThat(get("/shelves/a?size=8").bodyAsJsonObject().getInteger("size")).isEqualTo(8);
    assertThat(violation(put("/shelves/a", "{\"size\": \"8\"}"))).isEqualTo("/size");
  }

  @Test
  void refusesTwoValuesForOneField() {
    assertThat(violation(put("/shelves/a", "{\"name\": \"b\"}"))).isEqualTo("/name");
    assertThat(violation(put("/shelves/a?size=8", "{\"size\": 9}"))).isEqualTo("/size");
    assertThat(violation(get("/shelves/a?size=8&size=9"))).isEqualTo("/size");
    assertThat(put("/shelves/a?size=8", "{\"size\": 8, \"name\": \"a\"}").statusCode())
        .isEqualTo(200);
  }

  @Test
  void refusesUnknownFieldsWhereverTheyStand() {
    assertThat(violation(get("/shelves/a?colour=red"))).isEqualTo("/colour");
    assertThat(violation(put("/shelves/a", "{\"colour\": \"red\"}"))).isEqualTo("/colour");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {"{\"size\": | not valid JSON", "[1] | must be a JSON object", "7 | must be a JSON"})
  void refusesABodyThatIsNoObject(String body, String detail) {
    HttpResponse<Buffer> response = put("/shelves/a", body);
    assertThat(violation(response)).isEmpty();
    assertThat(response.bodyAsJsonObject().getString("detail")).contains(detail);
  }

  @Test
  void refusesABodyOfAnotherType() {
    HttpResponse<Buffer> response =
        await(
            request(HttpMethod.PUT, "/shelves/a")
                .putHeader("content-type", "text/plain")
                .sendBuffer(Buffer.buffer("{}")));
    assertThat(response.statusCode()).isEqualTo(415);
    assertThat(response.bodyAsJsonObject().getString("code")).isEqualTo("invalid");
  }

  @Test
  void takesATypeWithoutABodyForNothing() {
    HttpResponse<Buffer> response =
        await(request(HttpMethod.GET, "/shelves/a").putHeader("content-type", "text/plain").send());
    assertThat(response.statusCode()).isEqualTo(200);
  }

  @Test
  void takesTheRevisionFromIfMatch() {
    HttpRequest<Buffer> put = request(HttpMethod.PUT, "/shelves/a");
    HttpResponse<Buffer> response = await(put.putHeader("if-match", "\"11\"").send());
    assertThat(response.bodyAsJsonObject().getLong("ifRevision")).isEqualTo(11);
    HttpResponse<Buffer> absent =
        await(request(HttpMethod.PUT, "/shelves/a").putHeader("if-none-match", "*").send());
    assertThat(absent.bodyAsJsonObject().getLong("ifRevision")).isZero();
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '\'',
      value = {
        "if-match, W/\"11\"",
        "if-match, 11",
        "if-match, '\"1\", \"2\"'",
        "if-match, *",
        "if-none-match, \"11\""
      })
  void refusesAnyOtherCondition(String header, String value) {
    HttpRequest<Buffer> put = request(HttpMethod.PUT, "/shelves/a");
    assertThat(violation(await(put.putHeader(header, value).send()))).isEqualTo("/ifRevision");
  }

  @Test
  void tagsAnswersWithTheirRevisionAndSparesWhatIsKnown() {
    assertThat(get("/shelves/a").getHeader("etag")).isEqualTo("\"12\"");
    HttpRequest<Buffer> known = request(HttpMethod.GET, "/shelves/a");
    HttpResponse<Buffer> spared = await(known.putHeader("if-none-match", "\"9\", W/\"12\"").send());
    assertThat(spared.statusCode()).isEqualTo(304);
    assertThat(spared.body()).isNull();
    HttpRequest<Buffer> stale = request(HttpMethod.GET, "/shelves/a");
    assertThat(await(stale.putHeader("if-none-match", "\"11\"").send()).statusCode())
        .isEqualTo(200);
  }

  @Test
  void answersHeadAsGetWithoutABody() {
    HttpResponse<Buffer> response = await(request(HttpMethod.HEAD, "/shelves/a").send());
    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.getHeader("etag")).isEqualTo("\"12\"");
    assertThat(response.body()).isNull();
  }

  @Test
  void prefersAFixedSegmentToAParameter() {
    assertThat(get("/shelves/best").bodyAsJsonObject().getString("best")).isEqualTo("n1");
  }

  @Test
  void tellsWhichMethodsAPathHas() {
    HttpResponse<Buffer> response = await(request(HttpMethod.POST, "/shelves/best").send());
    assertThat(response.statusCode()).isEqualTo(405);
    assertThat(response.getHeader("allow")).isEqualTo("DELETE, GET, HEAD, PUT");
    assertThat(response.getHeader("content-type")).isEqualTo("application/problem+json");
    assertThat(await(request(HttpMethod.POST, "/metrics").send()).getHeader("allow"))
        .isEqualTo("GET, HEAD");
    assertThat(get("/nothing").statusCode()).isEqualTo(404);
    assertThat(get("/nothing").bodyAsJsonObject().getString("instance")).isEqualTo("/nothing");
  }

  @Test
  void refusesALongBodyWhoseLengthIsNotDeclared() throws Exception {
    try (RawClient raw = new RawClient(port)) {
      raw.send("PUT /shelves/a HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n");
      raw.send("Transfer-Encoding: chunked\r\n\r\n100001\r\n" + " ".repeat(0x100001));
      assertThat(raw.untilClosed()).startsWith("HTTP/1.1 413 ").contains("problem+json");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "conflict, 409",
    "stale, 412",
    "limited, 429",
    "unavailable, 503",
    "timeout, 504",
    "unauthenticated, 401",
    "not-found, 404"
  })
  void answersWithTheStatusOfTheFailure(String code, int status) {
    HttpResponse<Buffer> response = await(request(HttpMethod.POST, "/failures/" + code).send());
    assertThat(response.statusCode()).isEqualTo(status);
    assertThat(response.bodyAsJsonObject().getString("detail")).isEqualTo("as told");
    assertThat(response.bodyAsJsonObject().getString("instance")).isEqualTo("/failures/" + code);
    assertThat(response.getHeader("retry-after") != null).isEqualTo(status == 429 || status == 503);
    assertThat(response.getHeader("www-authenticate") != null).isEqualTo(status == 401);
  }

  @Test
  void keepsTheReasonOfAFaultToItself() {
    HttpResponse<Buffer> response = await(request(HttpMethod.POST, "/breaks").send());
    assertThat(response.statusCode()).isEqualTo(500);
    assertThat(response.bodyAsString()).doesNotContain("secret");
  }

  @Test
  void staysInTheTraceOfTheCaller() {
    String parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    HttpResponse<Buffer> response =
        await(request(HttpMethod.GET, "/shelves/a").putHeader("traceparent", parent).send());
    assertThat(response.getHeader("traceparent"))
        .startsWith("00-0af7651916cd43dd8448eb211c80319c-")
        .endsWith("-01")
        .isNotEqualTo(parent);
  }

  @Test
  void asksAnotherNodeWhenToldTo() {
    assertThat(get("/shelves/best?node=n2").bodyAsJsonObject().getString("best")).isEqualTo("n2");
    assertThat(get("/shelves/best?node=n1").bodyAsJsonObject().getString("best")).isEqualTo("n1");
    assertThat(get("/shelves/a?node=n2&size=8").bodyAsJsonObject().getInteger("size")).isEqualTo(8);
    HttpResponse<Buffer> absent = get("/shelves/a?node=n3");
    assertThat(absent.statusCode()).isEqualTo(503);
    assertThat(absent.bodyAsJsonObject().getString("detail")).contains("n3").contains("shelf");
    assertThat(get("/shelves/a?node=n2&size=x").statusCode()).isEqualTo(400);
  }

  @Test
  void measuresEveryOperation() {
    get("/shelves/a");
    await(request(HttpMethod.POST, "/failures/conflict").send());
    String scraped = get("/metrics").bodyAsString();
    assertThat(scraped)
        .contains(
            "vertebra_operation_seconds_count{action=\"read\",code=\"ok\",concern=\"shelf\","
                + "transport=\"http\"} 1")
        .contains("action=\"fail\",code=\"conflict\"");
  }

  @Test
  void forbidsCachesAndBrowsersWhatTheyHaveNoUseFor() {
    HttpResponse<Buffer> response = get("/shelves/a");
    assertThat(response.getHeader("x-content-type-options")).isEqualTo("nosniff");
    assertThat(response.getHeader("cache-control")).isEqualTo("no-store");
    assertThat(response.getHeader("content-security-policy")).contains("default-src 'none'");
  }
}
