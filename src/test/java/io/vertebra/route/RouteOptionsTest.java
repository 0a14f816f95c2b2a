package io.vertebra.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.vertebra.api.Failure;
import io.vertebra.api.Fields;
import io.vertebra.api.Violation;
import io.vertx.core.json.JsonObject;
import java.util.List;
import org.junit.jupiter.api.Test;

final class RouteOptionsTest {
  private static final String SECTION =
      """
      {"routes": {"b": {"upstream": "web"}, "a": {"upstream": "web", "priority": 3}},
       "upstreams": {"web": {"endpoints": [{"host": "127.0.0.1", "port": 9000}]}}}
      """;

  @Test
  void isEmptyByDefault() {
    assertThat(read("{}")).isEqualTo(RouteOptions.DEFAULTS);
  }

  @Test
  void takesNamesFromTheKeys() {
    RouteOptions options = read(SECTION);
    assertThat(options.routes()).containsOnlyKeys("b", "a");
    assertThat(options.routes().get("a").name()).isEqualTo("a");
    assertThat(options.routes().get("a").priority()).isEqualTo(3);
    assertThat(options.upstreams().get("web").name()).isEqualTo("web");
  }

  @Test
  void readsBackWhatItWrites() {
    RouteOptions options = read(SECTION);
    assertThat(read(options.toJson().encode())).isEqualTo(options);
  }

  @Test
  void refusesARouteToAnUpstreamThatIsNotThere() {
    assertThat(pointers("{\"routes\": {\"a\": {\"upstream\": \"web\"}}}"))
        .containsExactly("/routes/a/upstream");
  }

  @Test
  void reportsEverythingWrongInAllDefinitionsAtOnce() {
    assertThat(
            pointers(
                """
                {"routes": {"a": {"priority": "high"}, "b c": {"upstream": "web"}, "d": 1,
                   "e": {"name": "f", "upstream": "web"}},
                 "upstreams": {"web": {"endpoints": [{"host": "a", "port": 0}]}},
                 "more": 1}
                """))
        .containsExactlyInAnyOrder(
            "/routes/a/priority",
            "/routes/a/upstream",
            "/routes/b c/name",
            "/routes/d",
            "/routes/e/name",
            "/upstreams/web/endpoints/0/port",
            "/more");
  }

  @Test
  void describesDefinitionsWithoutTheirNames() {
    JsonObject route =
        Fields.describe(RouteOptions::from)
            .getJsonObject("properties")
            .getJsonObject("routes")
            .getJsonObject("additionalProperties");
    assertThat(route.getJsonObject("properties").fieldNames())
        .contains("upstream")
        .doesNotContain("name");
    assertThat(route.getJsonArray("required")).containsExactly("upstream");
  }

  private static RouteOptions read(String json) {
    return RouteOptions.from(Fields.of(new JsonObject(json)));
  }

  private static List<String> pointers(String json) {
    return catchThrowableOfType(Failure.class, () -> read(json)).violations().stream()
        .map(Violation::pointer)
        .toList();
  }
}
