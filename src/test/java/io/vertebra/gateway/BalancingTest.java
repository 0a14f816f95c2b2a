package io.vertebra.gateway;

import static io.vertebra.testkit.Waiting.await;
import static io.vertebra.testkit.Waiting.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.client.HttpResponse;
import io.vertx.ext.web.client.WebClient;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Which endpoint answers, seen from outside, and what the gateway says of it. */
final class BalancingTest {
  private GatewayRig rig;
  private WebClient client;
  private int[] ports;

  @BeforeEach
  void start() {
    rig = new GatewayRig();
    client = WebClient.create(rig.vertx);
    ports = new int[3];
    for (int i = 0; i < ports.length; i++) {
      String name = "s" + i;
      HttpServer origin = rig.origin(request -> request.response().end(name));
      ports[i] = origin.actualPort();
    }
  }

  @AfterEach
  void stop() {
    rig.close();
  }

  @Test
  void takesTurnsOverAllConnectionsOfAllEventLoops() {
    rig.routeAllTo(ports);
    Map<String, Integer> counts = new HashMap<>();
    for (int i = 0; i < 30; i++) {
      counts.merge(get("/").bodyAsString(), 1, Integer::sum);
    }
    assertThat(counts).containsOnly(Map.entry("s0", 10), Map.entry("s1", 10), Map.entry("s2", 10));
  }

  @Test
  void bindsAKeyToAnEndpoint() {
    rig.routeAllTo(
        policy("ring-hash", new JsonObject().put("source", "header").put("name", "x-key")), ports);
    Map<String, String> owners = new HashMap<>();
    for (int round = 0; round < 3; round++) {
      for (int key = 0; key < 30; key++) {
        String k = "key" + key;
        String owner =
            await(client.get(rig.port(), GatewayRig.HOST, "/").putHeader("x-key", k).send())
                .bodyAsString();
        assertThat(owners.merge(k, owner, (before, now) -> now)).isEqualTo(owner);
        assertThat(owners.putIfAbsent(k, owner)).isEqualTo(owner);
      }
    }
    assertThat(Set.copyOf(owners.values())).hasSize(3);
  }

  @Test
  void bindsAClientByACookieItCannotForge() {
    rig.routeAllTo(
        upstream ->
            upstream.put(
                "balancing",
                new JsonObject().put("stickyCookie", new JsonObject().put("name", "node"))),
        ports);
    HttpResponse<Buffer> first = get("/");
    String cookie = first.getHeader("set-cookie");
    assertThat(cookie).startsWith("node=").contains("HttpOnly", "SameSite=Lax");
    String pair = cookie.substring(0, cookie.indexOf(';'));
    for (int i = 0; i < 10; i++) {
      HttpResponse<Buffer> again = getWithCookie(pair);
      assertThat(again.bodyAsString()).isEqualTo(first.bodyAsString());
      assertThat(again.getHeader("set-cookie")).isNull();
    }
    Set<String> forged = new HashSet<>();
    for (int i = 0; i < 6; i++) {
      forged.add(getWithCookie(pair + "x").bodyAsString());
    }
    assertThat(forged).hasSize(3);
  }

  @Test
  void sendsNothingNewToAnEndpointThatDrains() {
    rig.upstream(
        new JsonObject()
            .put("name", "web")
            .put(
                "endpoints",
                new JsonArray()
                    .add(endpoint(ports[0]).put("state", "draining"))
                    .add(endpoint(ports[1]))
                    .add(endpoint(ports[2]).put("state", "down"))));
    rig.route(new JsonObject().put("name", "all").put("upstream", "web"));
    for (int i = 0; i < 6; i++) {
      assertThat(get("/").bodyAsString()).isEqualTo("s1");
    }
  }

  @Test
  void usesWarmEndpointsOnlyWhenTooFewHotOnesAreHealthy() {
    HttpServer hot = rig.origin(request -> request.response().end("hot"));
    rig.upstream(
        new JsonObject()
            .put("name", "web")
            .put("ejection", new JsonObject().put("consecutiveFailures", 1).put("baseMs", 60000))
            .put(
                "endpoints",
                new JsonArray()
                    .add(endpoint(hot.actualPort()))
                    .add(endpoint(ports[0]).put("tier", "warm"))));
    rig.route(new JsonObject().put("name", "all").put("upstream", "web"));
    for (int i = 0; i < 6; i++) {
      assertThat(get("/").bodyAsString()).isEqualTo("hot");
    }
    await(hot.close());
    assertThat(get("/").bodyAsString()).isEqualTo("s0");
  }

  @Test
  void takesAnEndpointOutWhileItsActiveCheckFails() {
    boolean[] well = {true};
    HttpServer checked =
        rig.origin(
            request ->
                request
                    .response()
                    .setStatusCode(request.path().equals("/up") && !well[0] ? 500 : 200)
                    .end("checked"));
    rig.routeAllTo(
        upstream ->
            upstream.put(
                "activeCheck",
                new JsonObject()
                    .put("kind", "http")
                    .put("path", "/up")
                    .put("intervalMs", 100)
                    .put("timeoutMs", 1000)
                    .put("unhealthyAfter", 2)
                    .put("healthyAfter", 2)),
        checked.actualPort(),
        ports[0]);
    well[0] = false;
    eventually(
        () -> assertThat(rig.endpoint(checked.actualPort()).getBoolean("healthy")).isFalse());
    for (int i = 0; i < 6; i++) {
      assertThat(get("/").bodyAsString()).isEqualTo("s0");
    }
    well[0] = true;
    eventually(() -> assertThat(get("/").bodyAsString()).isEqualTo("checked"));
  }

  @Test
  void explainsWithoutSending() {
    rig.routeAllTo(policy("ring-hash", new JsonObject().put("source", "path")), ports);
    rig.route(
        new JsonObject()
            .put("name", "shop")
            .put("upstream", "web")
            .put("match", new JsonObject().put("path", new JsonObject().put("prefix", "/shop")))
            .put("rewrite", new JsonObject().put("stripPrefix", true)));
    for (String path : List.of("/shop/a", "/shop/b", "/other")) {
      JsonObject explained = rig.ask("explain", new JsonObject().put("url", "http://any" + path));
      String endpoint = explained.getJsonObject("balancing").getString("endpoint");
      assertThat(explained.getString("route")).isEqualTo(path.startsWith("/shop") ? "shop" : "all");
      assertThat(explained.getJsonArray("routes")).hasSize(2);
      long before = rig.endpoint(portOf(endpoint)).getLong("requests");
      assertThat(get(path).statusCode()).isEqualTo(200);
      assertThat(rig.endpoint(portOf(endpoint)).getLong("requests")).isEqualTo(before + 1);
    }
  }

  @Test
  void changesRoutesWithoutDroppingARequest() {
    rig.routeAllTo(ports);
    io.vertx.core.Promise<Void> release = io.vertx.core.Promise.promise();
    HttpServer slow =
        rig.origin(request -> release.future().onSuccess(go -> request.response().end("slow")));
    rig.routeAllTo(slow.actualPort());
    io.vertx.core.Future<HttpResponse<Buffer>> pending =
        client.get(rig.port(), GatewayRig.HOST, "/").send();
    eventually(() -> assertThat(rig.endpoint(slow.actualPort()).getInteger("inFlight")).isOne());
    rig.routeAllTo(ports);
    assertThat(get("/").bodyAsString()).startsWith("s");
    release.complete();
    assertThat(await(pending).bodyAsString()).isEqualTo("slow");
  }

  private static JsonObject endpoint(int port) {
    return new JsonObject().put("host", GatewayRig.HOST).put("port", port);
  }

  private static int portOf(String endpoint) {
    return Integer.parseInt(endpoint.substring(endpoint.indexOf(':') + 1));
  }

  private static UnaryOperator<JsonObject> policy(String policy, JsonObject hashOn) {
    return upstream ->
        upstream.put("balancing", new JsonObject().put("policy", policy).put("hashOn", hashOn));
  }

  private HttpResponse<Buffer> get(String path) {
    return await(client.get(rig.port(), GatewayRig.HOST, path).send());
  }

  private HttpResponse<Buffer> getWithCookie(String pair) {
    return await(client.get(rig.port(), GatewayRig.HOST, "/").putHeader("cookie", pair).send());
  }
}
