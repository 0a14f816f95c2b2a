package io.vertebra.http;

import static io.vertebra.testkit.Waiting.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatNoException;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertebra.api.Api;
import io.vertebra.api.Failure;
import io.vertebra.api.Fields;
import io.vertebra.api.Lifecycle;
import io.vertebra.api.Operation;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.client.HttpRequest;
import io.vertx.ext.web.client.HttpResponse;
import io.vertx.ext.web.client.WebClient;
import io.vertx.junit5.VertxExtension;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The api listener as a whole: probes, metrics, documentation and who may ask. */
@ExtendWith(VertxExtension.class)
final class ApiServerTest {
  private static final String TOKEN = "a-token-of-some-length";

  @TempDir private Path directory;
  private final Lifecycle lifecycle = new Lifecycle();
  private Vertx vertx;
  private WebClient client;
  private ApiServer server;
  private int port;

  @BeforeEach
  void keep(Vertx vertx) {
    this.vertx = vertx;
    client = WebClient.create(vertx);
  }

  @AfterEach
  void stop() {
    if (server != null) {
      await(server.close());
    }
  }

  private void start(JsonObject json) {
    ApiOptions options = ApiOptions.from(Fields.of(json.put("port", 0)));
    PrometheusMeterRegistry meters = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    server = new ApiServer(vertx, "n1", options, lifecycle, meters, List.of());
    await(
        server
            .door()
            .open(
                new Api(
                    "thing",
                    Api.Scope.CLUSTER,
                    List.of(
                        Operation.of(
                            "read",
                            HttpMethod.GET,
                            "/things/:name",
                            "Reads <one> thing.",
                            fields -> {
                              String name = fields.text("name", 1, 9).required();
                              return fields.build(() -> name);
                            },
                            name -> Future.succeededFuture(new JsonObject().put("name", name)))))));
    port = await(server.start());
  }

  private HttpResponse<Buffer> get(String path, String... headers) {
    HttpRequest<Buffer> request = client.get(port, "127.0.0.1", path);
    for (int i = 0; i < headers.length; i += 2) {
      request.putHeader(headers[i], headers[i + 1]);
    }
    return await(request.send());
  }

  private static String statusOf(HttpResponse<Buffer> response, String check) {
    return response.bodyAsJsonObject().getJsonArray("checks").stream()
        .map(JsonObject.class::cast)
        .filter(each -> each.getString("name").equals(check))
        .map(each -> each.getString("status"))
        .findFirst()
        .orElse("absent");
  }

  @Test
  void tellsTheStageOfTheNode() {
    start(new JsonObject());
    assertThat(get("/health/live").statusCode()).isEqualTo(200);
    assertThat(get("/health/started").statusCode()).isEqualTo(503);
    assertThat(get("/health/ready").bodyAsJsonObject().getString("status")).isEqualTo("DOWN");
    lifecycle.ready();
    assertThat(get("/health/started").statusCode()).isEqualTo(200);
    assertThat(get("/health/ready").bodyAsJsonObject().getString("status")).isEqualTo("UP");
    await(lifecycle.drain());
    assertThat(get("/health/ready").statusCode()).isEqualTo(503);
    assertThat(get("/health/live").statusCode()).isEqualTo(200);
    assertThat(get("/things/a").statusCode()).isEqualTo(503);
  }

  @Test
  void dependsOnEveryCheckAndWaitsForNoneForEver() {
    start(new JsonObject());
    lifecycle.ready();
    AtomicInteger asked = new AtomicInteger();
    Promise<HealthCheck.Result> late = Promise.promise();
    HealthCheck.Probe ready = HealthCheck.Probe.READY;
    server.health().add(ready, "good", () -> Future.succeededFuture(HealthCheck.Result.ofUp()));
    assertThat(get("/health/ready").statusCode()).isEqualTo(200);
    server
        .health()
        .add(
            ready,
            "late",
            () -> {
              asked.incrementAndGet();
              return late.future();
            });
    server.health().add(ready, "bad", () -> Future.failedFuture("no disk"));
    HttpResponse<Buffer> first = get("/health/ready");
    assertThat(first.statusCode()).isEqualTo(503);
    assertThat(statusOf(first, "good")).isEqualTo("UP");
    assertThat(statusOf(first, "late")).isEqualTo("DOWN");
    assertThat(statusOf(first, "bad")).isEqualTo("DOWN");
    assertThat(first.bodyAsString()).contains("no disk");
    assertThat(get("/health/ready").statusCode()).isEqualTo(503);
    assertThat(asked).hasValue(1);
    late.complete(HealthCheck.Result.ofUp());
    assertThat(statusOf(get("/health/ready"), "late")).isEqualTo("UP");
  }

  @Test
  void writesMetricsInTheFormatAskedFor() {
    start(new JsonObject());
    HttpResponse<Buffer> text = get("/metrics");
    assertThat(text.getHeader("content-type")).startsWith("text/plain; version=0.0.4");
    assertThat(text.bodyAsString())
        .contains("jvm_memory_used_bytes")
        .contains("jvm_threads_live_threads")
        .contains("process_uptime_seconds")
        .contains("vertebra_http_connections{listener=\"api\"}")
        .contains("vertebra_http_refused_total{listener=\"api\",reason=\"draining\"}")
        .doesNotContain("# EOF");
    HttpResponse<Buffer> open =
        get("/metrics", "accept", "application/openmetrics-text;version=1.0.0,text/plain;q=0.5");
    assertThat(open.getHeader("content-type"))
        .startsWith("application/openmetrics-text; version=1.0.0");
    assertThat(open.bodyAsString()).endsWith("# EOF\n");
  }

  @Test
  void letsNobodyPassWithoutTheTokenButProbes() throws Exception {
    Path file = Files.writeString(directory.resolve("token"), TOKEN + "\n");
    start(new JsonObject().put("tokenFile", file.toString()));
    HttpResponse<Buffer> refusal = get("/things/a");
    assertThat(refusal.statusCode()).isEqualTo(401);
    assertThat(refusal.getHeader("www-authenticate")).isEqualTo("Bearer");
    assertThat(refusal.bodyAsJsonObject().getString("code")).isEqualTo("unauthenticated");
    assertThat(get("/metrics").statusCode()).isEqualTo(401);
    assertThat(get("/openapi.json").statusCode()).isEqualTo(401);
    assertThat(get("/health/../things/a").statusCode()).isEqualTo(401);
    assertThat(get("/health/%2e%2e/things/a").statusCode()).isEqualTo(401);
    assertThat(get("/things/a", "authorization", "Bearer " + TOKEN + "x").statusCode())
        .isEqualTo(401);
    assertThat(get("/things/a", "authorization", "Basic " + TOKEN).statusCode()).isEqualTo(401);
    assertThat(get("/health/live").statusCode()).isEqualTo(200);
    assertThat(get("/things/a", "authorization", "bearer " + TOKEN).statusCode()).isEqualTo(200);
  }

  @ParameterizedTest
  @ValueSource(strings = {"0.0.0.0", "192.0.2.1", "::", "127.0.0.1.example.com", "example.com"})
  void refusesToBeReachableFromElsewhereWithoutAToken(String host) {
    JsonObject json = new JsonObject().put("host", host);
    ApiOptions open = ApiOptions.from(Fields.of(json));
    assertThatExceptionOfType(Failure.class)
        .isThrownBy(() -> open.requireProtection(false))
        .withMessageContaining("/api/host")
        .withMessageContaining("auth.enabled")
        .withMessageContaining("api.token")
        .withMessageContaining("api.tokenFile");
    assertThatNoException().isThrownBy(() -> open.requireProtection(true));
    ApiOptions guarded = ApiOptions.from(Fields.of(json.put("token", TOKEN)));
    assertThatNoException().isThrownBy(() -> guarded.requireProtection(false));
    assertThatExceptionOfType(Failure.class).isThrownBy(() -> guarded.requireProtection(true));
  }

  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1", "127.1.2.3", "::1", "localhost"})
  void needsNoTokenOnALoopbackAddress(String host) {
    ApiOptions options = ApiOptions.from(Fields.of(new JsonObject().put("host", host)));
    assertThatNoException().isThrownBy(() -> options.requireProtection(false));
  }

  @Test
  void keepsTheTokenOutOfLogs() {
    ApiOptions options = ApiOptions.from(Fields.of(new JsonObject().put("token", TOKEN)));
    assertThat(options.toString()).doesNotContain(TOKEN);
  }

  @Test
  void describesItselfToProgramsAndToPeople() {
    start(new JsonObject());
    JsonObject document = get("/openapi.json").bodyAsJsonObject();
    assertThat(document.getJsonObject("paths").fieldNames()).containsExactly("/things/{name}");
    HttpResponse<Buffer> page = get("/docs");
    assertThat(page.getHeader("content-type")).isEqualTo("text/html; charset=utf-8");
    assertThat(page.getHeader("content-security-policy")).contains("style-src 'sha256-");
    assertThat(page.bodyAsString())
        .contains("/things/{name}")
        .contains("Reads &lt;one&gt; thing.")
        .doesNotContain("<script")
        .doesNotContain("http://", "https://");
  }
}
