package io.vertebra.route;

import io.vertebra.api.Fields;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Which requests a route takes: those that meet every condition.
 *
 * @param hosts at most 100 hosts without port, in any case; {@code *.example.com} is every host
 *     below {@code example.com}, but not that host itself; empty for any host
 * @param path default: every path
 * @param methods at most 20 methods in capitals; empty for any
 * @param headers at most 16 conditions: the value a header must have, or {@code *} when it must
 *     only be there
 */
public record RouteMatch(
    List<String> hosts, PathMatch path, List<String> methods, Map<String, String> headers) {
  private static final String LABEL = "[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?";
  private static final Pattern HOST =
      Pattern.compile(
          "(\\*\\.)?" + LABEL + "(\\." + LABEL + ")*|\\[[0-9a-f:.]+]", Pattern.CASE_INSENSITIVE);
  private static final Pattern METHOD = Pattern.compile("[A-Z][A-Z-]{0,29}");

  private static final Rule<List<String>> HOSTS =
      new Rule<>(
          hosts -> hosts.stream().allMatch(RouteMatch::isHost),
          "must hold host names without port, or *. and a host name");
  private static final Rule<List<String>> METHODS =
      new Rule<>(
          methods -> methods.stream().allMatch(method -> METHOD.matcher(method).matches()),
          "must hold methods in capitals");

  /** Every request. */
  public static final RouteMatch ANY =
      new RouteMatch(List.of(), PathMatch.ANY, List.of(), Map.of());

  public RouteMatch {
    HOSTS.require("/hosts", hosts);
    METHODS.require("/methods", methods);
    HeaderRules.CONDITIONS.require("/headers", headers);
    hosts = hosts.stream().map(host -> host.toLowerCase(Locale.ROOT)).distinct().toList();
    methods = methods.stream().distinct().toList();
    headers = Collections.unmodifiableMap(new LinkedHashMap<>(headers));
  }

  static RouteMatch from(Fields fields) {
    List<String> hosts =
        HOSTS
            .on(fields.texts("hosts", 100, 255))
            .about("Hosts without port; *.example.com for all below; empty for any.")
            .orElse(List.of());
    PathMatch path =
        fields
            .object("path", PathMatch::from)
            .about("One of exact, prefix and pattern; by default every path.")
            .optional()
            .orElse(PathMatch.ANY);
    List<String> methods =
        METHODS
            .on(fields.texts("methods", 20, 30))
            .about("Methods in capitals; empty for any.")
            .orElse(List.of());
    Map<String, String> headers =
        HeaderRules.CONDITIONS
            .on(fields.textMap("headers", 16, HeaderRules.MAX_VALUE))
            .about("The value a header must have, * when it must only be there.")
            .orElse(Map.of());
    return fields.build(() -> new RouteMatch(hosts, path, methods, headers));
  }

  public JsonObject toJson() {
    return new JsonObject()
        .put("hosts", new JsonArray(hosts))
        .put("path", path.toJson())
        .put("methods", new JsonArray(methods))
        .put("headers", new JsonObject(new LinkedHashMap<>(headers)));
  }

  /** Whether {@code host}, possibly {@code *.} and a host, names a host and no port. */
  static boolean isHost(String host) {
    return host.length() <= 255 && HOST.matcher(host).matches();
  }
}
