package io.vertebra.balancer;

import io.vertebra.api.Fields;
import io.vertx.core.json.JsonObject;
import java.time.Duration;

/**
 * Asks each endpoint from time to time whether it works. An endpoint counts as healthy until told
 * otherwise.
 *
 * @param kind default none; TCP only connects
 * @param path HTTP target, starts with {@code /}, up to 2000 characters; default {@code /}
 * @param method default GET
 * @param statusMin least status that passes, 100 to 599; default 200
 * @param statusMax greatest status that passes; default 299
 * @param bodyContains text the first 64 KiB of the body must contain, up to 1000 characters;
 *     default empty: the body is not looked at
 * @param interval from the end of one check to the start of the next, 100 ms to 1 h; default 5 s
 * @param jitter share of the interval by which it varies either way, 0 to 1; default 0.1
 * @param timeout for one whole check, 10 ms to 60 s; default 2 s
 * @param unhealthyAfter failures in a row that make it unhealthy, 1 to 100; default 3
 * @param healthyAfter passes in a row that make it healthy again, 1 to 100; default 2
 * @param hostHeader up to 253 characters; default empty: the endpoint's own host and port
 */
public record ActiveCheck(
    Kind kind,
    String path,
    Method method,
    int statusMin,
    int statusMax,
    String bodyContains,
    Duration interval,
    double jitter,
    Duration timeout,
    int unhealthyAfter,
    int healthyAfter,
    String hostHeader) {

  /** How to ask. */
  public enum Kind {
    NONE,
    HTTP,
    TCP
  }

  /** The HTTP methods that are safe to repeat for ever. */
  public enum Method {
    GET,
    HEAD
  }

  static final ActiveCheck DEFAULT =
      new ActiveCheck(
          Kind.NONE,
          "/",
          Method.GET,
          200,
          299,
          "",
          Duration.ofSeconds(5),
          0.1,
          Duration.ofSeconds(2),
          3,
          2,
          "");

  public ActiveCheck {
    Rules.length("/path", path, 1, 2000);
    Rules.require(isPath(path), "/path", "must start with / and have no spaces");
    Rules.range("/statusMin", statusMin, 100, 599);
    Rules.range("/statusMax", statusMax, 100, 599);
    Rules.require(statusMin <= statusMax, "/statusMax", "must not be less than statusMin");
    Rules.length("/bodyContains", bodyContains, 0, 1000);
    Rules.require(
        bodyContains.isEmpty() || method == Method.GET, "/bodyContains", "needs method get");
    Rules.millis("/intervalMs", interval, 100, 3_600_000);
    Rules.range("/jitter", jitter, 0, 1);
    Rules.millis("/timeoutMs", timeout, 10, 60_000);
    Rules.range("/unhealthyAfter", unhealthyAfter, 1, 100);
    Rules.range("/healthyAfter", healthyAfter, 1, 100);
    Rules.length("/hostHeader", hostHeader, 0, 253);
    Rules.require(isVisible(hostHeader), "/hostHeader", "must have no spaces");
  }

  public static ActiveCheck from(Fields fields) {
    Kind kind = fields.choice("kind", Kind.class).about("How to ask.").orElse(DEFAULT.kind);
    String path = fields.text("path", 1, 2000).about("HTTP target.").orElse(DEFAULT.path);
    Method method =
        fields.choice("method", Method.class).about("HTTP method.").orElse(DEFAULT.method);
    int statusMin =
        fields.integer("statusMin", 100, 599).about("Least status that passes.").orElse(200);
    int statusMax =
        fields.integer("statusMax", 100, 599).about("Greatest status that passes.").orElse(299);
    String bodyContains =
        fields
            .text("bodyContains", 0, 1000)
            .about("Text the first 64 KiB of the body must contain.")
            .orElse("");
    Duration interval =
        fields
            .millis("intervalMs", 100, 3_600_000)
            .about("Time between two checks of one endpoint.")
            .orElse(DEFAULT.interval);
    double jitter =
        fields
            .number("jitter", 0, 1)
            .about("Share of the interval by which it varies.")
            .orElse(DEFAULT.jitter);
    Duration timeout =
        fields.millis("timeoutMs", 10, 60_000).about("For a whole check.").orElse(DEFAULT.timeout);
    int unhealthyAfter =
        fields
            .integer("unhealthyAfter", 1, 100)
            .about("Failures in a row that make an endpoint unhealthy.")
            .orElse(DEFAULT.unhealthyAfter);
    int healthyAfter =
        fields
            .integer("healthyAfter", 1, 100)
            .about("Passes in a row that make it healthy again.")
            .orElse(DEFAULT.healthyAfter);
    String hostHeader =
        fields
            .text("hostHeader", 0, 253)
            .about("Host to ask for; empty: the endpoint's own.")
            .orElse("");
    return fields.build(
        () ->
            new ActiveCheck(
                kind,
                path,
                method,
                statusMin,
                statusMax,
                bodyContains,
                interval,
                jitter,
                timeout,
                unhealthyAfter,
                healthyAfter,
                hostHeader));
  }

  public boolean enabled() {
    return kind != Kind.NONE;
  }

  public JsonObject toJson() {
    return new JsonObject()
        .put("kind", Fields.word(kind))
        .put("path", path)
        .put("method", Fields.word(method))
        .put("statusMin", statusMin)
        .put("statusMax", statusMax)
        .put("bodyContains", bodyContains)
        .put("intervalMs", interval.toMillis())
        .put("jitter", jitter)
        .put("timeoutMs", timeout.toMillis())
        .put("unhealthyAfter", unhealthyAfter)
        .put("healthyAfter", healthyAfter)
        .put("hostHeader", hostHeader);
  }

  private static boolean isPath(String path) {
    return path.startsWith("/") && isVisible(path);
  }

  private static boolean isVisible(String text) {
    return text.chars().allMatch(c -> c > ' ' && c < 0x7f);
  }
}
