package io.vertebra.route;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.jspecify.annotations.Nullable;

/** The table against a plain reading of the rules: every route tried with regular expressions. */
final class RouteTableReferenceTest {
  record Request(String method, String host, String path, Map<String, String> headers) {}

  @Property(tries = 3000)
  void findsWhatTheRulesSay(
      @ForAll("tables") List<Route> routes, @ForAll("requests") Request request) {
    RouteTable.Match match =
        RouteTable.of(routes)
            .match(request.method(), request.host(), request.path(), request.headers()::get);
    assertThat(match == null ? null : match.route()).isEqualTo(reference(routes, request));
  }

  @Property(tries = 1000)
  void explainsWhatItFinds(
      @ForAll("tables") List<Route> routes, @ForAll("requests") Request request) {
    RouteTable table = RouteTable.of(routes);
    RouteTable.Match match =
        table.match(request.method(), request.host(), request.path(), request.headers()::get);
    List<JsonObject> explained =
        table.explain(request.method(), request.host(), request.path(), request.headers()::get);
    assertThat(explained).hasSameSizeAs(routes);
    Optional<String> firstMatched =
        explained.stream()
            .filter(json -> json.getBoolean("matched"))
            .map(json -> json.getString("route"))
            .findFirst();
    List<String> selected =
        explained.stream()
            .filter(json -> json.getBoolean("selected"))
            .map(json -> json.getString("route"))
            .toList();
    assertThat(firstMatched)
        .isEqualTo(Optional.ofNullable(match).map(found -> found.route().name()));
    assertThat(selected).isEqualTo(firstMatched.stream().toList());
  }

  @Provide
  Arbitrary<List<Route>> tables() {
    Arbitrary<RouteMatch> matches =
        Combinators.combine(
                Arbitraries.of("", "a.com", "x.a.com", "*.a.com", "*.com", "*.x.a.com")
                    .set()
                    .ofMaxSize(2)
                    .map(hosts -> hosts.stream().filter(host -> !host.isEmpty()).toList()),
                paths(),
                Arbitraries.of("GET", "PUT").set().ofMaxSize(1).map(List::copyOf),
                Arbitraries.maps(Arbitraries.of("x-a", "x-b"), Arbitraries.of("1", "*"))
                    .ofMaxSize(2))
            .as(RouteMatch::new);
    return Combinators.combine(matches, Arbitraries.integers().between(-1, 1))
        .as(RouteTableReferenceTest::unnamed)
        .list()
        .ofMaxSize(12)
        .map(RouteTableReferenceTest::named);
  }

  @Provide
  Arbitrary<Request> requests() {
    return Combinators.combine(
            Arbitraries.of("GET", "PUT"),
            Arbitraries.of("a.com", "x.a.com", "y.x.a.com", "b.com", "org"),
            Arbitraries.of("a", "b", "ab", "")
                .list()
                .ofMaxSize(4)
                .map(s -> "/" + String.join("/", s)),
            Arbitraries.maps(Arbitraries.of("x-a", "x-b"), Arbitraries.of("1", "2")).ofMaxSize(2))
        .as(Request::new);
  }

  private static Arbitrary<PathMatch> paths() {
    Arbitrary<PathMatch> literals =
        Combinators.combine(
                Arbitraries.of(PathMatch.Kind.EXACT, PathMatch.Kind.PREFIX),
                Arbitraries.of("a", "b", "ab").list().ofMaxSize(3))
            .as((kind, segments) -> new PathMatch(kind, "/" + String.join("/", segments)));
    Arbitrary<PathMatch> patterns =
        Arbitraries.of(
                "/**",
                "/{x}",
                "/{x}/**",
                "/a/**",
                "/a/{x}",
                "/{x}/b",
                "/a/{x}/b",
                "/{x}/{y}",
                "/{x}/ab/**",
                "/ab/{x}/**",
                "/a/b/{x}",
                "/{x}/b/{y}")
            .map(PathMatch::pattern);
    return Arbitraries.oneOf(literals, patterns);
  }

  private static @Nullable Route reference(List<Route> routes, Request request) {
    return routes.stream()
        .filter(route -> takes(route.match(), request))
        .min(
            Comparator.comparing((Route route) -> -route.priority())
                .thenComparing(route -> -hostScore(route.match(), request.host()))
                .thenComparing(route -> -pathScore(route.match().path()))
                .thenComparing(route -> -route.match().headers().size())
                .thenComparing(Route::name))
        .orElse(null);
  }

  private static boolean takes(RouteMatch match, Request request) {
    return hostScore(match, request.host()) >= 0
        && request.path().matches(regex(match.path()))
        && (match.methods().isEmpty() || match.methods().contains(request.method()))
        && match.headers().entrySet().stream()
            .allMatch(
                wanted ->
                    request.headers().containsKey(wanted.getKey())
                        && (wanted.getValue().equals("*")
                            || wanted.getValue().equals(request.headers().get(wanted.getKey()))));
  }

  private static int hostScore(RouteMatch match, String host) {
    int score = match.hosts().isEmpty() ? 0 : -1;
    for (String pattern : match.hosts()) {
      if (host.matches(pattern.replace(".", "\\.").replace("*", ".+"))) {
        score = Math.max(score, pattern.equals(host) ? 1000 : pattern.length());
      }
    }
    return score;
  }

  private static String regex(PathMatch path) {
    return switch (path.kind()) {
      case EXACT -> Pattern.quote(path.value());
      case PREFIX -> path.value().equals("/") ? "/.*" : Pattern.quote(path.value()) + "(/.*)?";
      case PATTERN -> path.value().replace("/**", "(/.*)?").replaceAll("\\{\\w}", "[^/]+");
    };
  }

  private static int pathScore(PathMatch path) {
    return switch (path.kind()) {
      case EXACT -> 1_000_000;
      case PREFIX -> path.value().length();
      case PATTERN -> {
        int literals = path.value().replaceAll("\\{\\w}|[/*]", "").length();
        yield 10_000 + 2 * literals + (path.value().endsWith("**") ? 0 : 1);
      }
    };
  }

  private static Route unnamed(RouteMatch match, int priority) {
    return new Route(
        "unnamed",
        match,
        "web",
        RouteRewrite.NONE,
        priority,
        Optional.empty(),
        true,
        Optional.empty());
  }

  private static List<Route> named(List<Route> routes) {
    List<Route> named = new ArrayList<>();
    for (Route route : routes) {
      named.add(
          new Route(
              "r" + named.size(),
              route.match(),
              route.upstream(),
              route.rewrite(),
              route.priority(),
              Optional.empty(),
              true,
              Optional.empty()));
    }
    return named;
  }
}
