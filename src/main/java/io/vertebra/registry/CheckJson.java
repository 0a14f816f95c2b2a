package io.vertebra.registry;

import io.vertebra.api.Failure;
import io.vertebra.api.Fields;
import io.vertebra.registry.CheckDefinition.Http;
import io.vertebra.registry.CheckDefinition.Reported;
import io.vertebra.registry.CheckDefinition.Tcp;
import io.vertebra.registry.CheckDefinition.Ttl;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;

/** Checks in JSON: the members of all kinds side by side, {@code type} saying which count. */
final class CheckJson {
  private static final long MAX_MS = CheckDefinition.MAX_INTERVAL.toMillis();

  private CheckJson() {}

  /** The kinds of checks. */
  enum Type {
    NONE,
    TTL,
    HTTP,
    TCP
  }

  static RegisterCheck request(Fields fields) {
    Supplier<Check> check = check(fields);
    Optional<CheckStatus> status =
        fields
            .choice("status", CheckStatus.class)
            .about("What to begin with; what is known already unless given, else critical.")
            .optional();
    String output = output(fields);
    return fields.build(() -> new RegisterCheck(check.get(), status, output));
  }

  static HealthCheck stored(Fields fields) {
    Supplier<Check> check = check(fields);
    CheckStatus status = fields.choice("status", CheckStatus.class).required();
    String output = output(fields);
    String since = fields.text("since", 1, 40).required();
    return fields.build(
        () -> new HealthCheck(check.get(), new CheckState(status, output, Instant.parse(since))));
  }

  static String output(Fields fields) {
    return fields
        .text("output", 0, 1 << 20)
        .about("What was found, for people; at most 4,096 characters are kept.")
        .orElse("");
  }

  static JsonObject toJson(HealthCheck found) {
    return toJson(found.check())
        .put("status", Fields.word(found.status()))
        .put("output", found.state().output())
        .put("since", found.state().since().toString());
  }

  static JsonObject toJson(RegisterCheck request) {
    JsonObject json = toJson(request.check()).put("output", request.output());
    request.status().ifPresent(status -> json.put("status", Fields.word(status)));
    return json;
  }

  private static JsonObject toJson(Check check) {
    JsonObject json =
        new JsonObject()
            .put("node", check.node())
            .put("id", check.id())
            .put("instance", check.instance())
            .put("name", check.name())
            .put("notes", check.notes())
            .put("deregisterAfterMs", check.deregisterAfter().toMillis());
    return put(json, check.definition());
  }

  private static JsonObject put(JsonObject json, CheckDefinition definition) {
    if (definition instanceof Ttl ttl) {
      return json.put("type", Fields.word(Type.TTL)).put("ttlMs", ttl.ttl().toMillis());
    }
    if (definition instanceof Tcp tcp) {
      return json.put("type", Fields.word(Type.TCP))
          .put("tcp", tcp.address())
          .put("intervalMs", tcp.interval().toMillis())
          .put("timeoutMs", tcp.timeout().toMillis());
    }
    if (definition instanceof Http http) {
      return json.put("type", Fields.word(Type.HTTP))
          .put("url", http.url())
          .put("method", http.method())
          .put("headers", headers(http.headers()))
          .put("body", http.body())
          .put("intervalMs", http.interval().toMillis())
          .put("timeoutMs", http.timeout().toMillis())
          .put("tlsSkipVerify", http.tlsSkipVerify());
    }
    return json.put("type", Fields.word(Type.NONE));
  }

  private static JsonArray headers(Map<String, List<String>> headers) {
    JsonArray lines = new JsonArray();
    headers.forEach((name, values) -> values.forEach(value -> lines.add(name + ": " + value)));
    return lines;
  }

  private static Supplier<Check> check(Fields fields) {
    String node = fields.text("node", 1, Violations.MAX_NAME).orElse(Node.SHARED);
    String id = fields.text("id", 1, Violations.MAX_NAME).required();
    String instance =
        fields
            .text("instance", 0, Violations.MAX_NAME)
            .about("Id of the instance on the node; empty if it is about the node.")
            .orElse("");
    String name = fields.text("name", 0, Violations.MAX_NAME).orElse("");
    String notes = fields.text("notes", 0, Check.MAX_NOTES).orElse("");
    Duration deregisterAfter =
        fields
            .millis("deregisterAfterMs", 0, Check.MAX_DEREGISTER.toMillis())
            .about("How long it may be critical before its instance is removed; 0 for ever.")
            .orElse(Duration.ZERO);
    Supplier<CheckDefinition> definition = definition(fields);
    return () -> new Check(node, id, instance, name, notes, definition.get(), deregisterAfter);
  }

  private static Supplier<CheckDefinition> definition(Fields fields) {
    Type type =
        fields
            .choice("type", Type.class)
            .about("Who finds out: whoever reports (none, ttl) or the cluster (http, tcp).")
            .orElse(Type.NONE);
    Optional<Duration> ttl = fields.millis("ttlMs", 1_000, MAX_MS).optional();
    Duration interval =
        fields.millis("intervalMs", 1_000, MAX_MS).orElse(CheckDefinition.DEFAULT_INTERVAL);
    Duration timeout =
        fields
            .millis("timeoutMs", 1, CheckDefinition.MAX_TIMEOUT.toMillis())
            .orElse(CheckDefinition.DEFAULT_TIMEOUT);
    String tcp = fields.text("tcp", 0, 300).about("host:port to connect to.").orElse("");
    String url = fields.text("url", 0, CheckDefinition.MAX_URL).orElse("");
    String method = fields.text("method", 1, 20).orElse("GET");
    List<String> headers =
        fields
            .texts("headers", CheckDefinition.MAX_HEADERS, Node.MAX_META_VALUE)
            .about("Lines such as Accept: text/plain.")
            .orElse(List.of());
    String body = fields.text("body", 0, CheckDefinition.MAX_BODY).orElse("");
    boolean skipVerify =
        fields.flag("tlsSkipVerify").about("Whether any certificate will do.").orElse(false);
    return () ->
        switch (type) {
          case NONE -> new Reported();
          case TTL -> new Ttl(ttl.orElseThrow(() -> Failure.invalid("/ttlMs", "is missing")));
          case TCP -> new Tcp(tcp, interval, timeout);
          case HTTP -> new Http(url, method, headers(headers), body, interval, timeout, skipVerify);
        };
  }

  private static Map<String, List<String>> headers(List<String> lines) {
    Map<String, List<String>> headers = new TreeMap<>();
    for (String line : lines) {
      int colon = line.indexOf(':');
      if (colon < 1) {
        throw Failure.invalid("/headers", "must hold lines such as Accept: text/plain");
      }
      headers
          .computeIfAbsent(line.substring(0, colon).strip(), name -> new ArrayList<>())
          .add(line.substring(colon + 1).strip());
    }
    return headers;
  }
}
