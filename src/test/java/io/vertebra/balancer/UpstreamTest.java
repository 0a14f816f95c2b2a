package io.vertebra.balancer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.vertebra.api.Failure;
import io.vertebra.api.Fields;
import io.vertebra.api.Violation;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class UpstreamTest {

  @Test
  void allButTheNameHasADefault() {
    Upstream upstream = read(new JsonObject().put("name", "orders"));
    assertThat(upstream).isEqualTo(Upstream.of("orders", List.of()));
  }

  @Test
  void isReadAsItIsWritten() {
    JsonObject json =
        new JsonObject(
            """
            {"name": "orders.v2",
             "endpoints": [{"host": "::1", "port": 1, "weight": 100, "tier": "warm", "zone": "b",
                            "state": "draining"}, {"host": "a", "port": 65535}],
             "balancing": {"policy": "bounded-load", "loadFactor": 1.5, "slowStartMs": 5,
                           "minHealthyHot": 0, "hashOn": {"source": "header", "name": "X-User"},
                           "stickyCookie": {"name": "s", "ttlMs": 60000, "secure": true,
                                            "sameSite": "none"}},
             "activeCheck": {"kind": "http", "path": "/health", "bodyContains": "UP"},
             "ejection": {"consecutiveFailures": 0}, "breaker": {"trials": 7},
             "connection": {"protocol": "http2", "tls": true, "maxPending": 0},
             "timeouts": {"firstByteMs": 7}, "retry": {"attempts": 0}, "hedge": {"afterMs": 9}}
            """);
    Upstream upstream = read(json);
    assertThat(read(upstream.toJson())).isEqualTo(upstream);
    assertThat(read(new JsonObject(upstream.toJson().encode()))).isEqualTo(upstream);
    assertThat(upstream.hedge().enabled()).isTrue();
    assertThat(upstream.endpoints().get(0).id()).isEqualTo("::1:1");
    assertThat(upstream.balancing().policy().hashes()).isTrue();
  }

  @Test
  void tellsEverythingThatIsWrongAtOnce() {
    JsonObject json =
        new JsonObject()
            .put("name", "or ders")
            .put(
                "endpoints",
                new JsonArray()
                    .add(new JsonObject().put("host", "a b").put("port", 0))
                    .add(new JsonObject().put("host", "a").put("port", 1).put("wieght", 3)))
            .put("balancing", new JsonObject().put("policy", "best"))
            .put("ejection", new JsonObject().put("baseMs", 10).put("maxMs", 5));
    assertThat(pointers(json))
        .containsExactlyInAnyOrder(
            "/name",
            "/endpoints/0/host",
            "/endpoints/0/port",
            "/endpoints/1/wieght",
            "/balancing/policy",
            "/ejection/maxMs");
  }

  @Test
  void anEndpointMayBeNamedOnlyOnce() {
    JsonObject endpoint = new JsonObject().put("host", "a").put("port", 1);
    JsonObject json =
        new JsonObject()
            .put("name", "orders")
            .put("endpoints", new JsonArray().add(endpoint).add(endpoint.copy()));
    assertThat(pointers(json)).containsExactly("/endpoints/1");
  }

  @Test
  void takesAtMostAThousandEndpoints() {
    JsonArray endpoints = new JsonArray();
    for (int port = 1; port <= 1001; port++) {
      endpoints.add(new JsonObject().put("host", "a").put("port", port));
    }
    JsonObject json = new JsonObject().put("name", "orders").put("endpoints", endpoints);
    assertThat(pointers(json)).containsExactly("/endpoints");
    endpoints.remove(0);
    assertThat(read(json).endpoints()).hasSize(1000);
  }

  /** The documentation, the reader and the records agree on every range. */
  @Test
  void everyNumberIsTakenAtItsBoundsAndNotBeyond() {
    JsonObject sections = Fields.describe(Upstream::from).getJsonObject("properties");
    int checked = 0;
    for (String section : sections.fieldNames()) {
      JsonObject keys = sections.getJsonObject(section).getJsonObject("properties");
      for (String key : keys == null ? List.<String>of() : List.copyOf(keys.fieldNames())) {
        JsonObject type = keys.getJsonObject(key);
        if (type.containsKey("minimum")) {
          assertThat(type.getString("description")).as(key).isNotBlank();
          assertBounds(section, key, type);
          checked++;
        }
      }
    }
    assertThat(checked).isGreaterThan(25);
  }

  private static void assertBounds(String section, String key, JsonObject type) {
    Number min = type.getNumber("minimum");
    Number max = type.getNumber("maximum");
    for (Number bound : List.of(min, max)) {
      assertThatCode(() -> read(of(section, key, bound)))
          .as(section + key)
          .doesNotThrowAnyException();
    }
    boolean whole = type.getString("type").equals("integer");
    Number below = whole ? (Number) (min.longValue() - 1) : (Number) (min.doubleValue() - 0.01);
    Number above = whole ? (Number) (max.longValue() + 1) : (Number) (max.doubleValue() + 0.01);
    for (Number beyond : List.of(below, above)) {
      assertThat(pointers(of(section, key, beyond))).containsExactly("/" + section + "/" + key);
    }
  }

  /** With what else must change for the value to make sense. */
  private static JsonObject of(String section, String key, Number value) {
    JsonObject options = new JsonObject().put(key, value);
    switch (key) {
      case "statusMin" -> options.put("statusMax", 599);
      case "statusMax" -> options.put("statusMin", 100);
      case "baseMs" -> options.put("maxMs", 86_400_000);
      case "maxMs" -> options.put("baseMs", 1);
      default -> {}
    }
    return new JsonObject().put("name", "orders").put(section, options);
  }

  private static Upstream read(JsonObject json) {
    return Upstream.from(Fields.of(json));
  }

  private static List<String> pointers(JsonObject json) {
    Failure failure = catchThrowableOfType(Failure.class, () -> read(json));
    assertThat(failure).as(json.encode()).isNotNull();
    return new ArrayList<>(failure.violations().stream().map(Violation::pointer).toList());
  }
}
