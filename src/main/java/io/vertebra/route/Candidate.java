package io.vertebra.route;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A route made ready for comparing.
 *
 * @param match the answer when it is taken
 * @param pattern the path taken apart, when the match is by pattern
 * @param closeness how closely the path is described, compared within one kind
 */
record Candidate(
    RouteTable.Match match,
    Set<String> methods,
    List<Map.Entry<String, String>> headers,
    @Nullable PathPattern pattern,
    int closeness) {

  /** The order in which candidates of one priority and one host are tried. */
  static final Comparator<Candidate> ORDER =
      Comparator.comparingInt(Candidate::rankOfKind)
          .thenComparingInt(candidate -> -candidate.closeness())
          .thenComparingInt(candidate -> candidate.isOpen() ? 1 : 0)
          .thenComparingInt(candidate -> -candidate.headers().size())
          .thenComparing(candidate -> candidate.route().name());

  static Candidate of(Route route) {
    PathMatch path = route.match().path();
    PathPattern pattern =
        path.kind() == PathMatch.Kind.PATTERN ? PathPattern.parse(path.value()) : null;
    int closeness = pattern == null ? path.prefixKey().length() : pattern.literalCharacters();
    return new Candidate(
        new RouteTable.Match(route),
        Set.copyOf(route.match().methods()),
        List.copyOf(route.match().headers().entrySet()),
        pattern,
        path.kind() == PathMatch.Kind.EXACT ? 0 : closeness);
  }

  Route route() {
    return match.route();
  }

  boolean takesMethod(String method) {
    return methods.isEmpty() || methods.contains(method);
  }

  boolean takesPath(String path) {
    if (pattern != null) {
      return pattern.matches(path);
    }
    PathMatch wanted = route().match().path();
    if (wanted.kind() == PathMatch.Kind.EXACT) {
      return wanted.value().equals(path);
    }
    int length = wanted.prefixKey().length();
    return path.startsWith(wanted.prefixKey())
        && (path.length() == length || path.charAt(length) == '/');
  }

  boolean takesHeaders(Function<String, @Nullable String> header) {
    for (int i = 0; i < headers.size(); i++) {
      if (!takes(headers.get(i), header)) {
        return false;
      }
    }
    return true;
  }

  static boolean takes(
      Map.Entry<String, String> condition, Function<String, @Nullable String> header) {
    String value = header.apply(condition.getKey());
    return value != null
        && (condition.getValue().equals("*") || condition.getValue().equals(value));
  }

  private boolean isOpen() {
    return pattern != null && pattern.open();
  }

  private int rankOfKind() {
    return switch (route().match().path().kind()) {
      case EXACT -> 0;
      case PATTERN -> 1;
      case PREFIX -> 2;
    };
  }
}
