package io.vertebra.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.vertebra.api.Failure;
import io.vertebra.api.FailureCode;
import io.vertebra.api.Fields;
import io.vertebra.api.Violation;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How routes are read from JSON, and everything that is refused. */
final class RouteDefinitionTest {

  @Test
  void readsARouteThatOnlyNamesItsUpstream() {
    Route route = read(new JsonObject().put("name", "a").put("upstream", "web"));
    assertThat(route).isEqualTo(Route.of("a", RouteMatch.ANY, "web"));
  }

  @Test
  void readsBackWhatItWrites() {
    JsonObject json = new JsonObject(FULL);
    Route route = read(json);
    assertThat(read(route.toJson())).isEqualTo(route);
    assertThat(route.toJson().getMap().keySet()).containsAll(json.fieldNames());
    assertThat(route.toJson().getJsonObject("match")).isEqualTo(json.getJsonObject("match"));
    assertThat(route.firstByteTimeout()).hasValueSatisfying(t -> assertThat(t).hasMillis(1500));
    assertThat(route.rewrite().fixedHost()).contains("b.com:81");
    assertThat(route.rewrite().setRequestHeaders()).containsEntry("X-A", "1 2");
  }

  @Test
  void reportsEverythingWrongAtOnce() {
    JsonObject json =
        new JsonObject(
            """
            {"name": "a b", "priority": 1000001, "firstByteMs": 0, "retries": 1, "logRatio": 1.1,
             "match": {"hosts": ["a.com:80"], "path": {"exact": "a", "prefix": "/a?"},
               "methods": ["get"], "headers": {"a b": "1"}, "more": 1},
             "rewrite": {"stripPrefix": "yes", "replacePrefix": "b", "path": "/{a}/{a}",
               "setRequestHeaders": {"Host": "a"}, "removeRequestHeaders": ["te"],
               "setResponseHeaders": {"X": "a\\nb"}, "removeResponseHeaders": ["a:"],
               "host": "mine", "fixedHost": "*.a"},
             "more": 1}
            """);
    assertThat(pointers(json))
        .containsExactlyInAnyOrder(
            "/name",
            "/upstream",
            "/priority",
            "/firstByteMs",
            "/retries",
            "/logRatio",
            "/more",
            "/match/hosts",
            "/match/path/exact",
            "/match/path/prefix",
            "/match/methods",
            "/match/headers",
            "/match/more",
            "/rewrite/stripPrefix",
            "/rewrite/replacePrefix",
            "/rewrite/path",
            "/rewrite/setRequestHeaders",
            "/rewrite/removeRequestHeaders",
            "/rewrite/setResponseHeaders",
            "/rewrite/removeResponseHeaders",
            "/rewrite/host",
            "/rewrite/fixedHost");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "connection",
        "Content-Length",
        "HOST",
        "keep-alive",
        "Proxy-Authenticate",
        "proxy-authorization",
        "proxy-connection",
        "TE",
        "trailer",
        "transfer-encoding",
        "upgrade"
      })
  void refusesHeadersThatConcernOneConnection(String name) {
    assertThat(pointers(rewriting("setRequestHeaders", new JsonObject().put(name, "1"))))
        .containsExactly("/rewrite/setRequestHeaders");
    assertThat(pointers(rewriting("removeResponseHeaders", new JsonArray().add(name))))
        .containsExactly("/rewrite/removeResponseHeaders");
    Failure failure = refused(rewriting("removeRequestHeaders", new JsonArray().add(name)));
    assertThat(failure).hasMessageContaining("none of connection, content-length, host");
  }

  @ParameterizedTest
  @ValueSource(strings = {"a\r\nb: c", "a\0", " a", "a ", "a\u007f", "\u20ac"})
  void refusesHeaderValuesThatAreNoFieldValues(String value) {
    assertThat(pointers(rewriting("setResponseHeaders", new JsonObject().put("x-a", value))))
        .containsExactly("/rewrite/setResponseHeaders");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a", "a b\tc", "\u00e9", "\"quoted\"; q=0.1, *"})
  void takesFieldValues(String value) {
    Route route = read(rewriting("setResponseHeaders", new JsonObject().put("x-a", value)));
    assertThat(route.rewrite().setResponseHeaders()).containsEntry("x-a", value);
  }

  @Test
  void refusesTheSameHeaderInTwoSpellings() {
    assertThat(
            pointers(
                rewriting("setRequestHeaders", new JsonObject().put("X-A", "1").put("x-a", "2"))))
        .containsExactly("/rewrite/setRequestHeaders");
  }

  @ParameterizedTest
  @CsvSource({
    "exact, a",
    "exact, /a/../b",
    "exact, /./a",
    "exact, /a/..",
    "exact, //a",
    "exact, /a//b",
    "exact, /a?b",
    "exact, /a#b",
    "exact, '/a b'",
    "exact, /é",
    "exact, /{a}",
    "exact, /*",
    "prefix, ''",
    "prefix, a/",
    "prefix, //",
    "pattern, /a",
    "pattern, /a{b}",
    "pattern, /{a}/{a}",
    "pattern, /**/a",
    "pattern, /a**",
    "pattern, /{}",
    "pattern, /{1}",
    "pattern, /a/{b}/../**",
    "pattern, {a}",
    "pattern, **"
  })
  void refusesPathsThatAreNone(String kind, String value) {
    JsonObject match = new JsonObject().put("path", new JsonObject().put(kind, value));
    assertThat(pointers(minimal().put("match", match))).containsExactly("/match/path/" + kind);
  }

  @Test
  void refusesAPathOfTwoKindsOrNone() {
    JsonObject two = new JsonObject().put("exact", "/a").put("prefix", "/a");
    assertThat(pointers(minimal().put("match", new JsonObject().put("path", two))))
        .containsExactly("/match/path");
    JsonObject none = new JsonObject().put("path", new JsonObject());
    assertThat(pointers(minimal().put("match", none))).containsExactly("/match/path");
  }

  @ParameterizedTest
  @ValueSource(strings = {"a.com:80", "*", "a.*.com", "a..com", "-a.com", "http://a", "a/b", "[x]"})
  void refusesHostsThatAreNone(String host) {
    JsonObject match = new JsonObject().put("hosts", new JsonArray().add(host));
    assertThat(pointers(minimal().put("match", match))).containsExactly("/match/hosts");
  }

  @Test
  void refusesMoreThanSixteenHeaderConditions() {
    JsonObject headers = new JsonObject();
    for (int i = 0; i < 17; i++) {
      headers.put("x-" + i, "1");
    }
    JsonObject match = new JsonObject().put("headers", headers);
    assertThat(pointers(minimal().put("match", match))).containsExactly("/match/headers");
  }

  @Test
  void refusesToChangeAPrefixThatIsNotMatched() {
    JsonObject exact =
        minimal()
            .put("match", new JsonObject().put("path", new JsonObject().put("exact", "/a")))
            .put("rewrite", new JsonObject().put("stripPrefix", true));
    assertThat(pointers(exact)).containsExactly("/rewrite/stripPrefix");
    exact.put("rewrite", new JsonObject().put("replacePrefix", "/b"));
    assertThat(pointers(exact)).containsExactly("/rewrite/replacePrefix");
  }

  @ParameterizedTest
  @ValueSource(strings = {"/o/{other}", "/o/**"})
  void refusesATemplateOfWhatThePatternDoesNotHave(String template) {
    JsonObject path = new JsonObject().put("pattern", "/users/{id}");
    JsonObject json =
        minimal()
            .put("match", new JsonObject().put("path", path))
            .put("rewrite", new JsonObject().put("path", template));
    assertThat(pointers(json)).containsExactly("/rewrite/path");
  }

  @Test
  void refusesTwoWaysOfChangingThePathAndAFixedHostThatIsNotAskedFor() {
    JsonObject rewrite =
        new JsonObject()
            .put("stripPrefix", true)
            .put("replacePrefix", "/b")
            .put("path", "/c")
            .put("fixedHost", "b.com");
    assertThat(pointers(minimal().put("rewrite", rewrite)))
        .containsExactlyInAnyOrder("/rewrite/replacePrefix", "/rewrite/path", "/rewrite/fixedHost");
    assertThat(pointers(rewriting("host", "fixed"))).containsExactly("/rewrite/fixedHost");
  }

  @Test
  void describesEveryFieldItReads() {
    JsonObject schema = Fields.describe(Route::from);
    assertThat(schema.getJsonObject("properties").fieldNames())
        .containsExactlyInAnyOrder(
            "name",
            "match",
            "upstream",
            "limit",
            "rewrite",
            "priority",
            "firstByteMs",
            "retries",
            "logRatio",
            "idempotency",
            "auth",
            "cors",
            "csrf",
            "securityHeaders");
    assertThat(schema.getJsonArray("required")).containsExactlyInAnyOrder("name", "upstream");
  }

  private static final String FULL =
      """
      {"name": "a.b_c-1", "upstream": "web", "priority": -5, "firstByteMs": 1500,
       "retries": false, "logRatio": 0.25,
       "idempotency": {"header": "X-Once", "scope": "s", "required": true, "maxBytes": 10,
         "leaseMs": 1000, "retentionMs": 2000, "methods": ["PUT"]},
       "match": {"hosts": ["a.com", "*.b.com", "[::1]"], "path": {"pattern": "/u/{id}/**"},
         "methods": ["GET"], "headers": {"X-A": "*", "x-b": "1"}},
       "rewrite": {"path": "/o/{id}/**", "setRequestHeaders": {"X-A": "1 2"},
         "removeRequestHeaders": ["x-c"], "setResponseHeaders": {"x-d": ""},
         "removeResponseHeaders": ["server"], "host": "fixed", "fixedHost": "b.com:81"}}
      """;

  private static JsonObject minimal() {
    return new JsonObject().put("name", "a").put("upstream", "web");
  }

  private static JsonObject rewriting(String field, Object value) {
    return minimal().put("rewrite", new JsonObject().put(field, value));
  }

  private static Route read(JsonObject json) {
    return Route.from(Fields.of(json));
  }

  private static Failure refused(JsonObject json) {
    Failure failure = catchThrowableOfType(Failure.class, () -> read(json));
    assertThat(failure.code()).isEqualTo(FailureCode.INVALID);
    return failure;
  }

  private static List<String> pointers(JsonObject json) {
    return refused(json).violations().stream().map(Violation::pointer).toList();
  }
}
