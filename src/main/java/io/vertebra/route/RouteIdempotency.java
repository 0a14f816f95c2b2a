package io.vertebra.route;

import io.vertebra.api.Fields;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Has requests that carry a key forwarded once: whoever sends the same again is given the first
 * answer.
 *
 * <p>Source: the draft of the IETF "The Idempotency-Key HTTP Header Field".
 *
 * @param header in which the key comes; default {@code Idempotency-Key}
 * @param scope within which a key means one request; by default the route's name
 * @param required whether a request without key is refused; default false
 * @param maxBytes longest body of a request, beyond which it is refused, and of an answer, beyond
 *     which its body is not kept; 0 to 256 KiB, default 64 KiB
 * @param lease how long a key stays in flight when nobody knows how its request ended; JSON {@code
 *     leaseMs}, 1 s to 1 h, default 30 s
 * @param retention how long an answer is kept; JSON {@code retentionMs}, 1 s to 30 days, default 24
 *     h
 * @param methods to which this applies; default POST and PATCH
 */
public record RouteIdempotency(
    String header,
    Optional<String> scope,
    boolean required,
    int maxBytes,
    Duration lease,
    Duration retention,
    List<String> methods) {
  private static final int MAX_BYTES = 256 * 1024;
  private static final int MAX_METHODS = 20;
  private static final int MAX_METHOD_LENGTH = 30;
  private static final long MAX_RETENTION_MS = 30L * 24 * 3_600_000;

  public RouteIdempotency {
    methods = List.copyOf(methods);
  }

  static RouteIdempotency from(Fields fields) {
    String header =
        fields
            .text("header", 1, 100)
            .matching(name -> name.matches("[A-Za-z0-9_-]+"), "must be the name of a header")
            .about("The header in which the key comes.")
            .orElse("Idempotency-Key");
    Optional<String> scope =
        Names.read(fields, "scope")
            .about("Within which a key means one request; by default the route's name.")
            .optional();
    boolean required =
        fields.flag("required").about("Whether a request without key is refused.").orElse(false);
    int maxBytes =
        fields
            .integer("maxBytes", 0, MAX_BYTES)
            .about("Longest body of a request, and of an answer that is kept.")
            .orElse(64 * 1024);
    Duration lease =
        fields
            .millis("leaseMs", 1000, 3_600_000)
            .about("How long a key stays in flight when nobody knows how its request ended.")
            .orElse(Duration.ofSeconds(30));
    Duration retention =
        fields
            .millis("retentionMs", 1000, MAX_RETENTION_MS)
            .about("How long an answer is kept.")
            .orElse(Duration.ofHours(24));
    List<String> methods =
        fields
            .texts("methods", MAX_METHODS, MAX_METHOD_LENGTH)
            .about("The methods to which this applies.")
            .orElse(List.of("POST", "PATCH"));
    return fields.build(
        () -> new RouteIdempotency(header, scope, required, maxBytes, lease, retention, methods));
  }

  JsonObject toJson() {
    JsonObject json =
        new JsonObject()
            .put("header", header)
            .put("required", required)
            .put("maxBytes", maxBytes)
            .put("leaseMs", lease.toMillis())
            .put("retentionMs", retention.toMillis())
            .put("methods", new JsonArray(methods));
    scope.ifPresent(name -> json.put("scope", name));
    return json;
  }
}
