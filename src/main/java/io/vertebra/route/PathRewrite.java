package io.vertebra.route;

import java.util.function.UnaryOperator;

/** How a path that a route matched is sent on. */
final class PathRewrite {
  private PathRewrite() {}

  static UnaryOperator<String> of(Route route) {
    PathMatch match = route.match().path();
    RouteRewrite rewrite = route.rewrite();
    if (rewrite.path().isPresent()) {
      PathPattern template = PathPattern.parse(rewrite.path().get());
      PathPattern source = PathPattern.parse(match.value());
      return path -> template.fill(source, path);
    }
    int prefix = match.prefixKey().length();
    if (rewrite.stripPrefix()) {
      return path -> rootIfEmpty(path.substring(prefix));
    }
    if (rewrite.replacePrefix().isPresent()) {
      String replacement = PathMatch.prefix(rewrite.replacePrefix().get()).prefixKey();
      return path -> rootIfEmpty(replacement + path.substring(prefix));
    }
    return path -> path;
  }

  private static String rootIfEmpty(String path) {
    return path.isEmpty() ? "/" : path;
  }
}
