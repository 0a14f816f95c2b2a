package io.vertebra.route;

import io.vertebra.api.Fields;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

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
 * @param idempotency how requests that carry a key are forwarded once; by default they are not
 * @param limit names of the limiter's policies that requests are held to, at most 8; default none
 * @param guards who may send requests, and what browsers are told; by default anybody, and nothing
 */
public record Route(
    String name,
    RouteMatch match,
    String upstream,
    RouteRewrite rewrite,
    int priority,
    Optional<Duration> firstByteTimeout,
    boolean retries,
    Optional<Double> logRatio,
    Optional<RouteIdempotency> idempotency,
    List<String> limit,
    RouteGuards guards) {
  private static final int MAX_LIMITS = 8;
  private static final int MAX_PRIORITY = 1_000_000;
  private static final long MAX_FIRST_BYTE_MS = 3_600_000;

  public Route {
    limit = List.copyOf(limit);
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

  /** A route that forwards every request, however often it is sent. */
  public Route(
      String name,
      RouteMatch match,
      String upstream,
      RouteRewrite rewrite,
      int priority,
      Optional<Duration> firstByteTimeout,
      boolean retries,
      Optional<Double> logRatio) {
    this(
        name,
        match,
        upstream,
        rewrite,
        priority,
        firstByteTimeout,
        retries,
        logRatio,
        Optional.empty(),
        List.of(),
        RouteGuards.NONE);
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
    Optional<RouteIdempotency> idempotency =
        fields
            .object("idempotency", RouteIdempotency::from)
            .about("Has requests that carry a key forwarded once; by default they are not.")
            .optional();
    List<String> limit =
        Names.list(fields, "limit", MAX_LIMITS)
            .about("Policies of the limiter that requests are held to.")
            .orElse(List.of());
    Supplier<RouteGuards> guards = RouteGuards.reading(fields);
    return fields.build(
        () ->
            new Route(
                name,
                match,
                upstream,
                rewrite,
                priority,
                firstByteTimeout,
                retries,
                logRatio,
                idempotency,
                limit,
                guards.get()));
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
    idempotency.ifPresent(policy -> json.put("idempotency", policy.toJson()));
    if (!limit.isEmpty()) {
      json.put("limit", new JsonArray(limit));
    }
    guards.addTo(json);
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
