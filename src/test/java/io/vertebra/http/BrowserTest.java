package io.vertebra.http;

import static io.vertebra.testkit.Waiting.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertebra.api.Api;
import io.vertebra.api.Failure;
import io.vertebra.api.Fields;
import io.vertebra.api.Lifecycle;
import io.vertebra.api.Operation;
import io.vertebra.testkit.AuditLog;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.SelfSignedCertificate;
import io.vertx.ext.web.client.HttpRequest;
import io.vertx.ext.web.client.HttpResponse;
import io.vertx.ext.web.client.WebClient;
import io.vertx.ext.web.client.WebClientOptions;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What pages of other sites can have a browser do to our API: nothing but what they are let. */
final class BrowserTest {
  private static final String APP = "https://app.example";

  private final Vertx vertx = Vertx.vertx();
  private final AtomicInteger done = new AtomicInteger();
  private final AuditLog audit = new AuditLog();
  private WebClient client = WebClient.create(vertx);
  private int port;

  @AfterEach
  void close() {
    audit.close();
    await(vertx.close());
  }

  private void start(JsonObject json) {
    Lifecycle lifecycle = new Lifecycle();
    lifecycle.ready();
    ApiServer server =
        new ApiServer(
            vertx,
            "n1",
            ApiOptions.from(Fields.of(json.put("port", 0))),
            lifecycle,
            new PrometheusMeterRegistry(PrometheusConfig.DEFAULT),
            List.of());
    await(
        server
            .door()
            .open(
                new Api(
                    "thing",
                    Api.Scope.CLUSTER,
                    List.of(thing(HttpMethod.GET), thing(HttpMethod.POST)))));
    port = await(server.start());
  }

  private Operation<String> thing(HttpMethod method) {
    return Operation.of(
        method.name().toLowerCase(Locale.ROOT),
        method,
        "/things",
        "Does.",
        fields -> fields.build(() -> ""),
        nothing -> {
          done.incrementAndGet();
          return Future.succeededFuture(new JsonObject());
        });
  }

  private static JsonObject cors() {
    return new JsonObject()
        .put("origins", new JsonArray().add(APP))
        .put("methods", new JsonArray().add("PUT"))
        .put("headers", new JsonArray().add("authorization"))
        .put("exposed", new JsonArray().add("etag"))
        .put("maxAgeMs", 60_000)
        .put("credentials", true);
  }

  private HttpResponse<Buffer> send(HttpMethod method, String... headers) {
    HttpRequest<Buffer> request = client.request(method, port, "127.0.0.1", "/things");
    for (int i = 0; i < headers.length; i += 2) {
      request.putHeader(headers[i], headers[i + 1]);
    }
    return await(request.send());
  }

  @ParameterizedTest
  @CsvSource({
    "sec-fetch-site, cross-site",
    "sec-fetch-site, same-site",
    "origin, https://evil.example",
    "origin, null",
    "origin, http://127.0.0.1:1",
    "origin, https://app.example.evil.example"
  })
  void writesNothingForAPageOfAnotherSite(String header, String value) {
    start(new JsonObject().put("cors", cors()));
    HttpResponse<Buffer> refused = send(HttpMethod.POST, header, value);
    assertThat(refused.statusCode()).isEqualTo(403);
    assertThat(done).hasValue(0);
    audit.hears("act=http.cross-site", "from=127.0.0.1", "POST_/things", "result=forbidden");
    assertThat(send(HttpMethod.GET, header, value).statusCode())
        .as("reads nobody sees")
        .isEqualTo(200);
  }

  @Test
  void writesForProgramsOwnPagesAndPagesOfTheList() {
    start(new JsonObject().put("cors", cors()));
    assertThat(send(HttpMethod.POST).statusCode()).isEqualTo(200);
    assertThat(send(HttpMethod.POST, "sec-fetch-site", "none").statusCode()).isEqualTo(200);
    assertThat(send(HttpMethod.POST, "sec-fetch-site", "same-origin").statusCode()).isEqualTo(200);
    assertThat(send(HttpMethod.POST, "origin", "http://127.0.0.1:" + port).statusCode())
        .isEqualTo(200);
    assertThat(send(HttpMethod.POST, "origin", APP, "sec-fetch-site", "cross-site").statusCode())
        .isEqualTo(200);
    assertThat(done).hasValue(5);
  }

  @Test
  void tellsBrowsersWhichPagesMayAsk() {
    start(new JsonObject().put("cors", cors()));
    HttpResponse<Buffer> asked =
        send(HttpMethod.OPTIONS, "origin", APP, "access-control-request-method", "PUT");
    assertThat(asked.statusCode()).isEqualTo(204);
    assertThat(asked.getHeader("access-control-allow-origin")).isEqualTo(APP);
    assertThat(asked.getHeader("access-control-allow-methods")).isEqualTo("GET, HEAD, POST, PUT");
    assertThat(asked.getHeader("access-control-allow-headers")).isEqualTo("authorization");
    assertThat(asked.getHeader("access-control-allow-credentials")).isEqualTo("true");
    assertThat(asked.getHeader("access-control-max-age")).isEqualTo("60");
    HttpResponse<Buffer> other =
        send(HttpMethod.OPTIONS, "origin", "https://evil", "access-control-request-method", "PUT");
    assertThat(other.statusCode()).isEqualTo(403);
    assertThat(other.getHeader("access-control-allow-origin")).isNull();
    assertThat(other.getHeader("vary")).isEqualTo("origin");
    HttpResponse<Buffer> read = send(HttpMethod.GET, "origin", APP);
    assertThat(read.getHeader("access-control-allow-origin")).isEqualTo(APP);
    assertThat(read.getHeader("access-control-expose-headers")).isEqualTo("etag");
    assertThat(send(HttpMethod.GET).getHeader("vary")).isEqualTo("origin");
    assertThat(send(HttpMethod.GET, "origin", "https://evil").headers())
        .noneMatch(header -> header.getKey().startsWith("access-control"));
  }

  @Test
  void tellsBrowsersNothingUnlessToldTo() {
    start(new JsonObject());
    HttpResponse<Buffer> asked =
        send(HttpMethod.OPTIONS, "origin", APP, "access-control-request-method", "PUT");
    assertThat(asked.statusCode()).isEqualTo(405);
    assertThat(asked.headers()).noneMatch(header -> header.getKey().startsWith("access-control"));
  }

  @Test
  void letsAnyPageReadButNotWriteWhereAnyOriginMay() {
    start(new JsonObject().put("cors", new JsonObject().put("origins", new JsonArray().add("*"))));
    HttpResponse<Buffer> read = send(HttpMethod.GET, "origin", "https://any");
    assertThat(read.getHeader("access-control-allow-origin")).isEqualTo("*");
    assertThat(read.getHeader("vary")).isNull();
    assertThat(send(HttpMethod.POST, "origin", "https://any").statusCode()).isEqualTo(403);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'origins': ['*'], 'credentials': true}",
        "{'origins': ['https://*.example']}",
        "{'origins': ['https://a.example/']}",
        "{'origins': ['null']}",
        "{'origins': ['https://A.example']}",
        "{'origins': ['https://a'], 'headers': ['*']}",
        "{'origins': ['https://a'], 'headers': ['a\\r\\nb']}"
      })
  void takesNoListThatSaysLessThanItSeems(String cors) {
    Fields fields = Fields.of(new JsonObject(cors.replace('\'', '"')));
    assertThatExceptionOfType(Failure.class).isThrownBy(() -> CorsOptions.from(fields));
  }

  @Test
  void answersByNoNameThatAnotherSiteCouldPointHere() {
    start(new JsonObject().put("hosts", new JsonArray().add("node.internal")));
    for (String host : List.of("evil.example", "localhost.evil.example", "node.internal.evil")) {
      assertThat(send(HttpMethod.GET, "host", host + ":" + port).statusCode())
          .as(host)
          .isEqualTo(403);
    }
    audit.hears("act=http.foreign-host", "result=forbidden");
    for (String host : List.of("localhost", "a.localhost", "127.0.0.1", "[::1]", "NODE.internal")) {
      assertThat(send(HttpMethod.GET, "host", host + ":" + port).statusCode())
          .as(host)
          .isEqualTo(200);
    }
  }

  @Test
  void hasBrowsersKeepAndShowNothing() {
    SelfSignedCertificate own = SelfSignedCertificate.create("node.example");
    JsonObject files =
        new JsonObject()
            .put("certPath", own.certificatePath())
            .put("keyPath", own.privateKeyPath());
    JsonObject tls = new JsonObject().put("certificates", new JsonArray().add(files));
    start(new JsonObject().put("tls", tls));
    client =
        WebClient.create(
            vertx, new WebClientOptions().setSsl(true).setTrustAll(true).setVerifyHost(false));
    HttpResponse<Buffer> answer = send(HttpMethod.GET);
    assertThat(answer.getHeader("cache-control")).isEqualTo("no-store");
    assertThat(answer.getHeader("x-content-type-options")).isEqualTo("nosniff");
    assertThat(answer.getHeader("referrer-policy")).isEqualTo("no-referrer");
    assertThat(answer.getHeader("content-security-policy")).contains("frame-ancestors 'none'");
    assertThat(answer.getHeader("strict-transport-security")).isEqualTo("max-age=31536000");
    assertThat(send(HttpMethod.GET, "host", "localhost").getHeader("strict-transport-security"))
        .as("would bind every port of this machine")
        .isNull();
  }
}
