package io.vertebra.route;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class RouteTableTest {
  private static final Map<String, String> NO_HEADERS = Map.of();

  @Test
  void prefersTheHigherPriorityToTheCloserHostAndPath() {
    Route close = route("close", hosts("a.com"), PathMatch.exact("/a"));
    Route high = withPriority(route("high", hosts(), PathMatch.ANY), 1);
    assertThat(found("a.com", "/a", close, high)).isEqualTo("high");
  }

  @Test
  void goesOnToLowerPrioritiesOfWiderHostsWhenNoHigherOneMatches() {
    Route high = withPriority(route("high", hosts("a.com"), PathMatch.exact("/other")), 5);
    Route middle = withPriority(route("middle", hosts(), PathMatch.prefix("/a")), 3);
    Route low = withPriority(route("low", hosts("a.com"), PathMatch.ANY), -3);
    assertThat(found("a.com", "/a", high, middle, low)).isEqualTo("middle");
    assertThat(found("a.com", "/b", high, middle, low)).isEqualTo("low");
    assertThat(found("b.com", "/b", high, middle, low)).isNull();
  }

  @Test
  void prefersTheExactHostThenTheLongestWildcardThenAnyHost() {
    Route exact = route("exact", hosts("x.a.com"), PathMatch.ANY);
    Route longer = route("longer", hosts("*.a.com"), PathMatch.prefix("/p"));
    Route shorter = route("shorter", hosts("*.com"), PathMatch.exact("/p"));
    Route any = route("any", hosts(), PathMatch.exact("/p"));
    assertThat(found("x.a.com", "/p", exact, longer, shorter, any)).isEqualTo("exact");
    assertThat(found("y.a.com", "/p", exact, longer, shorter, any)).isEqualTo("longer");
    assertThat(found("b.com", "/p", exact, longer, shorter, any)).isEqualTo("shorter");
    assertThat(found("b.org", "/p", exact, longer, shorter, any)).isEqualTo("any");
  }

  @Test
  void prefersTheExactPathThenThePatternWithMoreLiteralsThenTheLongestPrefix() {
    Route exact = route("exact", hosts(), PathMatch.exact("/users/1/orders"));
    Route orders = route("orders", hosts(), PathMatch.pattern("/users/{id}/orders"));
    Route users = route("users", hosts(), PathMatch.pattern("/users/{id}/{what}"));
    Route longer = route("longer", hosts(), PathMatch.prefix("/users/1"));
    Route shorter = route("shorter", hosts(), PathMatch.prefix("/users"));
    Route[] all = {shorter, longer, users, orders, exact};
    assertThat(found("a", "/users/1/orders", all)).isEqualTo("exact");
    assertThat(found("a", "/users/2/orders", all)).isEqualTo("orders");
    assertThat(found("a", "/users/1/bills", all)).isEqualTo("users");
    assertThat(found("a", "/users/1/bills/7", all)).isEqualTo("longer");
    assertThat(found("a", "/users/3", all)).isEqualTo("shorter");
  }

  @Test
  void prefersThePatternWithMoreLiteralsEvenWhenAnotherBeginsWithMore() {
    Route early = route("early", hosts(), PathMatch.pattern("/abc/{x}/{y}"));
    Route late = route("late", hosts(), PathMatch.pattern("/{x}/long/literals"));
    assertThat(found("a", "/abc/long/literals", early, late)).isEqualTo("late");
  }

  @Test
  void prefersAClosedPatternToAnOpenOne() {
    Route open = route("a-open", hosts(), PathMatch.pattern("/abc/**"));
    Route closed = route("closed", hosts(), PathMatch.pattern("/abc/{x}"));
    assertThat(found("a", "/abc/1", open, closed)).isEqualTo("closed");
    assertThat(found("a", "/abc/1/2", open, closed)).isEqualTo("a-open");
  }

  @Test
  void prefersMoreHeaderConditionsThenTheName() {
    Route none = route("a-none", hosts(), PathMatch.ANY);
    Route one = withHeaders(none, "b-one", Map.of("x-a", "1"));
    Route two = withHeaders(none, "d-two", Map.of("x-a", "1", "x-b", "*"));
    Route same = withHeaders(none, "c-two", Map.of("x-a", "1", "x-b", "2"));
    RouteTable table = RouteTable.of(List.of(none, one, two, same));
    assertThat(name(table, "GET", "h", "/", Map.of("x-a", "1", "x-b", "2"))).isEqualTo("c-two");
    assertThat(name(table, "GET", "h", "/", Map.of("x-a", "1", "x-b", "3"))).isEqualTo("d-two");
    assertThat(name(table, "GET", "h", "/", Map.of("x-a", "1"))).isEqualTo("b-one");
    assertThat(name(table, "GET", "h", "/", Map.of("x-b", "2"))).isEqualTo("a-none");
  }

  @Test
  void takesOnlyTheMethodsNamed() {
    Route reads =
        new Route(
            "reads",
            new RouteMatch(List.of(), PathMatch.exact("/a"), List.of("GET", "HEAD"), NO_HEADERS),
            "web",
            RouteRewrite.NONE,
            0,
            Optional.empty(),
            true,
            Optional.empty());
    Route rest = route("rest", hosts(), PathMatch.ANY);
    RouteTable table = RouteTable.of(List.of(reads, rest));
    assertThat(name(table, "HEAD", "h", "/a", NO_HEADERS)).isEqualTo("reads");
    assertThat(name(table, "POST", "h", "/a", NO_HEADERS)).isEqualTo("rest");
    assertThat(name(table, "get", "h", "/a", NO_HEADERS)).isEqualTo("rest");
  }

  @ParameterizedTest
  @CsvSource({
    "/a, /a, true", "/a, /a/, true", "/a, /a/b, true", "/a, /ab, false", "/a, /, false",
    "/a/, /a, true", "/a/, /a/b, true", "/, /anything, true", "/, /, true", "/a/b, /a, false",
    "/a, /A, false", "/, *, false"
  })
  void takesPathsThatBeginWithThePrefixBySegments(String prefix, String path, boolean taken) {
    String found = found("h", path, route("r", hosts(), PathMatch.prefix(prefix)));
    assertThat(found != null).isEqualTo(taken);
  }

  @ParameterizedTest
  @CsvSource({
    "/users/{id}, /users/1, true", "/users/{id}, /users/, false", "/users/{id}, /users, false",
    "/users/{id}, /users/1/, false", "/users/{id}, /users/1/2, false", "/{a}/{b}, /1/2, true",
    "/users/{id}/orders/**, /users/1/orders, true", "/a/**, /a/, true", "/a/**, /ab, false",
    "/users/{id}/orders/**, /users/1/orders/2/3, true", "/**, /, true", "/**, *, false",
    "/users/{id}/orders/**, /users/1/order, false", "/{a}/x, /1/y, false"
  })
  void takesPathsOfTheFormOfThePattern(String pattern, String path, boolean taken) {
    String found = found("h", path, route("r", hosts(), PathMatch.pattern(pattern)));
    assertThat(found != null).isEqualTo(taken);
  }

  @ParameterizedTest
  @CsvSource({
    "a.com, a.com, true",
    "a.com, A.Com, true",
    "A.COM, a.com, true",
    "a.com, a.com:8080, true",
    "a.com, a.com., true",
    "a.com, b.a.com, false",
    "*.a.com, b.a.com:80, true",
    "*.a.com, c.b.a.com, true",
    "*.a.com, a.com, false",
    "*.a.com, ba.com, false",
    "[::1], [::1]:80, true",
    "[::1], [::1], true",
    "a.com, '', false"
  })
  void comparesHostsWithoutPortAndCase(String pattern, String host, boolean taken) {
    String found = found(host, "/", route("r", hosts(pattern), PathMatch.ANY));
    assertThat(found != null).isEqualTo(taken);
  }

  @Test
  void findsTheSameWhateverTheOrderOfTheRoutes() {
    List<Route> routes = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      routes.add(route("r" + i, hosts(), PathMatch.prefix("/a")));
    }
    Collections.shuffle(routes, new Random(7));
    assertThat(found("h", "/a/b", routes.toArray(new Route[0]))).isEqualTo("r0");
  }

  @Test
  void answersWithTheSameObjectEachTime() {
    RouteTable table = RouteTable.of(List.of(route("r", hosts(), PathMatch.pattern("/a/{b}"))));
    RouteTable.Match first = table.match("GET", "h", "/a/1", header -> null);
    assertThat(table.match("GET", "h", "/a/2", header -> null)).isSameAs(first);
  }

  @Test
  void explainsWhyEachRouteMatchesOrNot() {
    Route other =
        new Route(
            "other",
            new RouteMatch(
                List.of("b.com"), PathMatch.exact("/b"), List.of("PUT"), Map.of("x-a", "1")),
            "web",
            RouteRewrite.NONE,
            9,
            Optional.empty(),
            true,
            Optional.empty());
    Route taken = route("taken", hosts("a.com"), PathMatch.prefix("/a"));
    Route also = route("also", hosts(), PathMatch.ANY);
    List<JsonObject> explained =
        RouteTable.of(List.of(also, taken, other)).explain("GET", "A.com:1", "/a", header -> null);
    assertThat(explained)
        .extracting(json -> json.getString("route"))
        .containsExactly("other", "taken", "also");
    assertThat(explained.get(0).getJsonArray("reasons"))
        .isEqualTo(
            new JsonArray()
                .add("host a.com is none of b.com")
                .add("path /a is not of exact /b")
                .add("method GET is none of PUT")
                .add("header x-a is not 1"));
    assertThat(explained.get(1).getBoolean("selected")).isTrue();
    assertThat(explained.get(1).getJsonArray("reasons"))
        .isEqualTo(new JsonArray().add("host a.com").add("prefix /a").add("any method"));
    assertThat(explained.get(2).getBoolean("matched")).isTrue();
    assertThat(explained.get(2).getBoolean("selected")).isFalse();
  }

  private static @Nullable String found(String host, String path, Route... routes) {
    return name(RouteTable.of(List.of(routes)), "GET", host, path, NO_HEADERS);
  }

  private static @Nullable String name(
      RouteTable table, String method, String host, String path, Map<String, String> headers) {
    Map<String, String> sent = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    sent.putAll(headers);
    RouteTable.Match match = table.match(method, host, path, sent::get);
    return match == null ? null : match.route().name();
  }

  private static List<String> hosts(String... hosts) {
    return List.of(hosts);
  }

  private static Route route(String name, List<String> hosts, PathMatch path) {
    return Route.of(name, new RouteMatch(hosts, path, List.of(), Map.of()), "web");
  }

  private static Route withPriority(Route route, int priority) {
    return new Route(
        route.name(),
        route.match(),
        route.upstream(),
        route.rewrite(),
        priority,
        route.firstByteTimeout(),
        route.retries(),
        route.logRatio());
  }

  private static Route withHeaders(Route route, String name, Map<String, String> headers) {
    RouteMatch match = route.match();
    return Route.of(
        name, new RouteMatch(match.hosts(), match.path(), match.methods(), headers), "web");
  }
}
