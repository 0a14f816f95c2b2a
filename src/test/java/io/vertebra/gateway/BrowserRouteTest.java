package io.vertebra.gateway;

import static io.vertebra.testkit.Waiting.await;
import static io.vertebra.testkit.Waiting.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertebra.testkit.AuditLog;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.client.HttpRequest;
import io.vertx.ext.web.client.HttpResponse;
import io.vertx.ext.web.client.WebClient;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the gateway does for browsers in place of an upstream. */
final class BrowserRouteTest {
  private static final String APP = "https://app.example";

  private final GatewayRig rig = new GatewayRig();
  private final WebClient client = WebClient.create(rig.vertx);
  private final AuditLog audit = new AuditLog();
  private final AtomicInteger served = new AtomicInteger();

  @BeforeEach
  void open() {
    rig.routeAllTo(rig.origin(this::serve).actualPort());
  }

  @AfterEach
  void close() {
    audit.close();
    rig.close();
  }

  private void serve(HttpServerRequest request) {
    served.incrementAndGet();
    request
        .response()
        .putHeader("access-control-allow-origin", "*")
        .putHeader("Access-Control-Allow-Credentials", "true")
        .putHeader("vary", "accept")
        .putHeader("x-content-type-options", "own")
        .end("tea");
  }

  private void guard(String name, Object rule) {
    rig.route(new JsonObject().put("name", "all").put("upstream", "web").put(name, rule));
  }

  private static JsonObject origins() {
    return new JsonObject().put("origins", new JsonArray().add(APP));
  }

  private HttpResponse<Buffer> send(HttpMethod method, String... headers) {
    HttpRequest<Buffer> request = client.request(method, rig.port(), GatewayRig.HOST, "/orders");
    for (int i = 0; i < headers.length; i += 2) {
      request.putHeader(headers[i], headers[i + 1]);
    }
    return await(request.send());
  }

  @Test
  void answersBrowsersThatAskFirst() {
    guard("cors", origins().put("methods", new JsonArray().add("DELETE")));
    HttpResponse<Buffer> asked =
        send(HttpMethod.OPTIONS, "origin", APP, "access-control-request-method", "DELETE");
    assertThat(asked.statusCode()).isEqualTo(204);
    assertThat(asked.getHeader("access-control-allow-methods"))
        .isEqualTo("GET, HEAD, POST, DELETE");
    HttpResponse<Buffer> other =
        send(HttpMethod.OPTIONS, "origin", "https://evil", "access-control-request-method", "GET");
    assertThat(other.statusCode()).isEqualTo(403);
    assertThat(served).hasValue(0);
    assertThat(send(HttpMethod.OPTIONS).statusCode()).as("no browser").isEqualTo(200);
    eventually(
        () -> assertThat(rig.meters.get("vertebra.gateway.in.flight").gauge().value()).isZero());
  }

  @Test
  void saysInPlaceOfTheUpstreamWhoMayRead() {
    guard("cors", origins());
    HttpResponse<Buffer> read = send(HttpMethod.GET, "origin", APP);
    assertThat(read.headers().getAll("access-control-allow-origin")).containsExactly(APP);
    assertThat(read.getHeader("access-control-allow-credentials")).isNull();
    assertThat(read.headers().getAll("vary")).containsExactlyInAnyOrder("accept", "origin");
    assertThat(
            send(HttpMethod.GET, "origin", "https://evil").getHeader("access-control-allow-origin"))
        .isNull();
  }

  @Test
  void leavesToTheUpstreamWhatTheRouteDoesNotSay() {
    HttpResponse<Buffer> read = send(HttpMethod.POST, "origin", "https://any");
    assertThat(read.statusCode()).isEqualTo(200);
    assertThat(read.getHeader("access-control-allow-origin")).isEqualTo("*");
    assertThat(read.getHeader("referrer-policy")).isNull();
  }

  @Test
  void letsPagesReadItsOwnRefusals() {
    JsonObject route = new JsonObject().put("name", "all").put("upstream", "web");
    rig.route(route.put("cors", origins()).put("auth", new JsonObject().put("audience", "shop")));
    HttpResponse<Buffer> refused = send(HttpMethod.GET, "origin", APP);
    assertThat(refused.statusCode()).isEqualTo(401);
    assertThat(refused.getHeader("access-control-allow-origin")).isEqualTo(APP);
    HttpResponse<Buffer> asked =
        send(HttpMethod.OPTIONS, "origin", APP, "access-control-request-method", "GET");
    assertThat(asked.statusCode()).as("comes without a token").isEqualTo(204);
  }

  @Test
  void forwardsNothingThatAPageOfAnotherSiteSent() {
    guard("csrf", origins());
    assertThat(send(HttpMethod.POST, "origin", "https://evil").statusCode()).isEqualTo(403);
    assertThat(send(HttpMethod.DELETE, "sec-fetch-site", "cross-site").statusCode()).isEqualTo(403);
    assertThat(
            send(
                    HttpMethod.GET,
                    "origin",
                    "https://evil",
                    "upgrade",
                    "websocket",
                    "connection",
                    "upgrade")
                .statusCode())
        .as("a WebSocket comes with cookies too")
        .isEqualTo(403);
    assertThat(served).hasValue(0);
    audit.hears("act=gateway.cross-site", "what=all:POST:/orders", "result=forbidden");
    assertThat(send(HttpMethod.GET, "origin", "https://evil").statusCode()).isEqualTo(200);
    assertThat(send(HttpMethod.POST, "origin", APP).statusCode()).isEqualTo(200);
    assertThat(send(HttpMethod.POST, "sec-fetch-site", "same-origin").statusCode()).isEqualTo(200);
    assertThat(send(HttpMethod.POST).statusCode()).isEqualTo(200);
  }

  @Test
  void addsSecurityHeadersThatTheUpstreamDoesNotSet() {
    guard("securityHeaders", true);
    HttpResponse<Buffer> answer = send(HttpMethod.GET);
    assertThat(answer.headers().getAll("x-content-type-options")).containsExactly("own");
    assertThat(answer.getHeader("content-security-policy")).isEqualTo("frame-ancestors 'self'");
    assertThat(answer.getHeader("x-frame-options")).isEqualTo("SAMEORIGIN");
    assertThat(answer.getHeader("referrer-policy")).isEqualTo("strict-origin-when-cross-origin");
    assertThat(answer.getHeader("strict-transport-security")).as("clear text").isNull();
  }
}
