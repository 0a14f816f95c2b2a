package io.vertebra.consul;

import io.vertebra.registry.Check;
import io.vertebra.registry.CheckDefinition;
import io.vertebra.registry.CheckStatus;
import io.vertebra.registry.Instance;
import io.vertebra.registry.RegisterCheck;
import io.vertebra.registry.Weights;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Services and checks as Consul's clients write them. */
final class Registering {
  private static final Duration MAX_TIMEOUT = Duration.ofMinutes(1);
  private static final Duration MIN_INTERVAL = Duration.ofSeconds(1);
  private static final Duration MIN_DEREGISTER = Duration.ofMinutes(1);
  private static final Duration MAX_DEREGISTER = Duration.ofDays(30);

  /** Kinds of checks that only an agent beside the service could run. */
  private static final List<String> UNSUPPORTED =
      List.of(
          "Script",
          "Args",
          "ScriptArgs",
          "DockerContainerID",
          "GRPC",
          "H2PING",
          "UDP",
          "OSService",
          "AliasNode",
          "AliasService");

  private Registering() {}

  /**
   * A service.
   *
   * @param name the member that names it
   */
  static Instance instance(String node, LenientJson json, String name) {
    String service = json.text(name);
    if (service.isEmpty()) {
      throw ConsulException.badRequest("Missing service name");
    }
    LenientJson weights = json.object("Weights");
    return new Instance(
        node,
        json.text("ID").isEmpty() ? service : json.text("ID"),
        service,
        json.texts("Tags"),
        json.text("Address"),
        (int) json.number("Port"),
        texts(json.plain("Meta")),
        new Weights(weight(weights, "Passing"), weight(weights, "Warning")),
        json.flag("EnableTagOverride"));
  }

  private static int weight(LenientJson weights, String name) {
    return weights.has(name) ? (int) weights.number(name) : 1;
  }

  static Map<String, String> texts(JsonObject json) {
    Map<String, String> map = new LinkedHashMap<>();
    json.forEach(member -> map.put(member.getKey(), String.valueOf(member.getValue())));
    return map;
  }

  /** The checks that are told together with a service. */
  static List<RegisterCheck> checks(Instance instance, LenientJson json) {
    List<LenientJson> told = new ArrayList<>();
    if (json.has("Check")) {
      told.add(json.object("Check"));
    }
    told.addAll(json.objects("Checks"));
    List<RegisterCheck> checks = new ArrayList<>();
    for (LenientJson check : told) {
      String number = told.size() == 1 ? "" : ":" + (checks.size() + 1);
      checks.add(
          check(
              instance.node(),
              check,
              instance.id(),
              "service:" + instance.id() + number,
              "Service '" + instance.service() + "' check"));
    }
    return checks;
  }

  /**
   * A check.
   *
   * @param instance that it is about; empty for the node
   * @param defaultId if it names none
   */
  static RegisterCheck check(
      String node, LenientJson json, String instance, String defaultId, String defaultName) {
    String named = json.text("CheckID").isEmpty() ? json.text("ID") : json.text("CheckID");
    String id = named.isEmpty() ? defaultId : named;
    String name = json.text("Name").isEmpty() ? defaultName : json.text("Name");
    Check check =
        new Check(
            node, id, instance, name, json.text("Notes"), definition(json), deregisterAfter(json));
    Optional<CheckStatus> status =
        json.text("Status").isEmpty() ? Optional.empty() : Optional.of(status(json.text("Status")));
    return new RegisterCheck(check, status, json.text("Output"));
  }

  static CheckStatus status(String text) {
    for (CheckStatus status : CheckStatus.values()) {
      if (status.name().toLowerCase(Locale.ROOT).equals(text)) {
        return status;
      }
    }
    throw ConsulException.badRequest("Invalid check status: '" + text + "'");
  }

  private static Duration deregisterAfter(LenientJson json) {
    Duration after = json.duration("DeregisterCriticalServiceAfter").orElse(Duration.ZERO);
    return after.isZero() ? after : within(after, MIN_DEREGISTER, MAX_DEREGISTER);
  }

  private static CheckDefinition definition(LenientJson json) {
    for (String kind : UNSUPPORTED) {
      if (json.tells(kind)) {
        throw ConsulException.badRequest("Invalid check: " + kind + " is not run here");
      }
    }
    Duration interval = json.duration("Interval").orElse(Duration.ZERO);
    Duration timeout =
        within(
            json.duration("Timeout").orElse(CheckDefinition.DEFAULT_TIMEOUT),
            Duration.ofMillis(1),
            MAX_TIMEOUT);
    boolean asks = !json.text("HTTP").isEmpty() || !json.text("TCP").isEmpty();
    if (asks && interval.isZero()) {
      throw ConsulException.badRequest(
          "Invalid check: Interval must be > 0 for HTTP or TCP checks");
    }
    Duration every = interval.compareTo(MIN_INTERVAL) < 0 ? MIN_INTERVAL : interval;
    if (!json.text("HTTP").isEmpty()) {
      return http(json, every, timeout);
    }
    if (!json.text("TCP").isEmpty()) {
      return new CheckDefinition.Tcp(json.text("TCP"), every, timeout);
    }
    Duration ttl = json.duration("TTL").orElse(Duration.ZERO);
    return ttl.isZero()
        ? new CheckDefinition.Reported()
        : new CheckDefinition.Ttl(ttl.compareTo(MIN_INTERVAL) < 0 ? MIN_INTERVAL : ttl);
  }

  private static CheckDefinition http(LenientJson json, Duration interval, Duration timeout) {
    Map<String, List<String>> headers = new LinkedHashMap<>();
    json.plain("Header")
        .forEach(
            header ->
                headers.put(
                    header.getKey(),
                    header.getValue() instanceof JsonArray values
                        ? values.stream().map(String::valueOf).toList()
                        : List.of(String.valueOf(header.getValue()))));
    String method = json.text("Method");
    return new CheckDefinition.Http(
        json.text("HTTP"),
        method.isEmpty() ? "GET" : method,
        headers,
        json.text("Body"),
        interval,
        timeout,
        json.flag("TLSSkipVerify"));
  }

  private static Duration within(Duration time, Duration min, Duration max) {
    return time.compareTo(min) < 0 ? min : time.compareTo(max) > 0 ? max : time;
  }
}
