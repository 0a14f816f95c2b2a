package io.vertebra.route;

import io.vertebra.api.Fields;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.Optional;

/**
 * Sends the requests that {@code match} to an upstream.
 *
 * @param name 1 to 100 of {@code A-Z a-z 0-9 . _ -}
 * @param upstream the name of the upstream
 * @param priority the higher is tried first, -1,000,000 to 1,000,000; default 0
 * @param firstByteTimeout how long to wait for the first byte of an answer, instead of the
 *     upstream's setting; JSON {@code firstByteMs}, 1 ms to 1 h
 * @param retries whether a request may be sent again as the upstream's settings say; default true
 * @param logRatio the share of requests that is logged, instead of the gateway's setting; 0 to 1
 */
public record Route(
    String name,
    RouteMatch match,
    String upstream,
    RouteRewrite rewrite,
    int priority,
    Optional<Duration> firstByteTimeout,
    boolean retries,
    Optional<Double> logRatio) {
  private static final int MAX_PRIORITY = 1_000_000;
  private static final long MAX_FIRST_BYTE_MS = 3_600_000;

  public Route {
    Names.RULE.require("/name", name);
    Names.RULE.require("/upstream", upstream);
    Violations violations = new Violations();
    violations.check(
        Math.abs((long) priority) <= MAX_PRIORITY, "/priority", "must be -1000000 to 1000000");
    violations.check(
        firstByteTimeout.map(time -> isWithin(time.toMillis(), 1, MAX_FIRST_BYTE_MS)).orElse(true),
        "/firstByteMs",
        "must be 1 to " + MAX_FIRST_BYTE_MS);
    violations.check(
        logRatio.map(ratio -> ratio >= 0 && ratio <= 1).orElse(true),
        "/logRatio",
        "must be 0 to 1");
    checkRewrite(match.path(), rewrite, violations);
    violations.throwIfAny();
  }

  /** A route with default settings that changes nothing on the way. */
  public static Route of(String name, RouteMatch match, String upstream) {
    return new Route(
        name, match, upstream, RouteRewrite.NONE, 0, Optional.empty(), true, Optional.empty());
  }

  public static Route from(Fields fields) {
    String name = Names.read(fields, "name").required();
    RouteMatch match =
        fields
            .object("match", RouteMatch::from)
            .about("Which requests are taken; by default all.")
            .optional()
            .orElse(RouteMatch.ANY);
    String upstream = Names.read(fields, "upstream").about("Where they go.").required();
    RouteRewrite rewrite =
        fields
            .object("rewrite", RouteRewrite::from)
            .about("What is changed on the way; by default nothing.")
            .optional()
            .orElse(RouteRewrite.NONE);
    int priority =
        fields
            .integer("priority", -MAX_PRIORITY, MAX_PRIORITY)
            .about("The higher is tried first.")
            .orElse(0);
    Optional<Duration> firstByteTimeout =
        fields
            .millis("firstByteMs", 1, MAX_FIRST_BYTE_MS)
            .about("How long to wait for an answer; by default as the upstream says.")
            .optional();
    boolean retries =
        fields.flag("retries").about("Whether a request may be sent again.").orElse(true);
    Optional<Double> logRatio =
        fields
            .number("logRatio", 0, 1)
            .about("The share of requests logged; by default as the gateway says.")
            .optional();
    return fields.build(
        () ->
            new Route(
                name, match, upstream, rewrite, priority, firstByteTimeout, retries, logRatio));
  }

  public JsonObject toJson() {
    JsonObject json =
        new JsonObject()
            .put("name", name)
            .put("match", match.toJson())
            .put("upstream", upstream)
            .put("rewrite", rewrite.toJson())
            .put("priority", priority)
            .put("retries", retries);
    firstByteTimeout.ifPresent(time -> json.put("firstByteMs", time.toMillis()));
    logRatio.ifPresent(ratio -> json.put("logRatio", ratio));
    return json;
  }

  private static void checkRewrite(PathMatch path, RouteRewrite rewrite, Violations violations) {
    boolean isPrefix = path.kind() == PathMatch.Kind.PREFIX;
    String detail = "needs a match by prefix";
    violations.check(isPrefix || !rewrite.stripPrefix(), "/rewrite/stripPrefix", detail);
    violations.check(
        isPrefix || rewrite.replacePrefix().isEmpty(), "/rewrite/replacePrefix", detail);
    PathPattern source = PathPattern.parse(path.value());
    String unknown =
        rewrite.path().map(value -> PathPattern.parse(value).unknownIn(source)).orElse(null);
    violations.check(
        unknown == null, "/rewrite/path", "has " + unknown + ", which the match does not have");
  }

  private static boolean isWithin(long value, long min, long max) {
    return value >= min && value <= max;
  }
}
