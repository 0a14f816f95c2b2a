package io.vertebra.route;

import io.vertebra.api.Fields;
import io.vertebra.api.Value;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What the gateway changes on the way. Of {@code stripPrefix}, {@code replacePrefix} and {@code
 * path} at most one may be given.
 *
 * @param stripPrefix whether the prefix matched is cut off the path
 * @param replacePrefix what takes the place of the prefix matched
 * @param path the new path; <code>{name}</code> and <code>**</code> stand for what the pattern
 *     matched
 * @param setRequestHeaders replace headers of that name; at most 64
 * @param removeRequestHeaders at most 64
 * @param setResponseHeaders replace headers of that name; at most 64
 * @param removeResponseHeaders at most 64
 * @param host which {@code Host} the upstream sees
 * @param fixedHost the host for {@link Host#FIXED}, and only for that
 */
public record RouteRewrite(
    boolean stripPrefix,
    Optional<String> replacePrefix,
    Optional<String> path,
    Map<String, String> setRequestHeaders,
    List<String> removeRequestHeaders,
    Map<String, String> setResponseHeaders,
    List<String> removeResponseHeaders,
    Host host,
    Optional<String> fixedHost) {
  private static final int MAX_HEADERS = 64;
  private static final Rule<String> FIXED_HOST =
      new Rule<>(RouteRewrite::isAuthority, "must be a host, with or without a port");

  /** Changes nothing. */
  public static final RouteRewrite NONE =
      new RouteRewrite(
          false,
          Optional.empty(),
          Optional.empty(),
          Map.of(),
          List.of(),
          Map.of(),
          List.of(),
          Host.CLIENT,
          Optional.empty());

  /** Which {@code Host} the upstream sees. */
  public enum Host {
    /** The one the client asked for. */
    CLIENT,
    /** That of the endpoint. */
    UPSTREAM,
    /** {@link RouteRewrite#fixedHost}. */
    FIXED
  }

  public RouteRewrite {
    replacePrefix.ifPresent(value -> PathPattern.LITERAL.require("/replacePrefix", value));
    path.ifPresent(value -> PathPattern.TEMPLATE.require("/path", value));
    HeaderRules.SET.require("/setRequestHeaders", setRequestHeaders);
    HeaderRules.REMOVED.require("/removeRequestHeaders", removeRequestHeaders);
    HeaderRules.SET.require("/setResponseHeaders", setResponseHeaders);
    HeaderRules.REMOVED.require("/removeResponseHeaders", removeResponseHeaders);
    fixedHost.ifPresent(value -> FIXED_HOST.require("/fixedHost", value));
    Violations violations = new Violations();
    violations.check(
        !(stripPrefix && replacePrefix.isPresent()),
        "/replacePrefix",
        "must not stand together with stripPrefix");
    violations.check(
        path.isEmpty() || !(stripPrefix || replacePrefix.isPresent()),
        "/path",
        "must not stand together with stripPrefix or replacePrefix");
    violations.check(
        fixedHost.isPresent() == (host == Host.FIXED),
        "/fixedHost",
        "must be given exactly when host is fixed");
    violations.throwIfAny();
    setRequestHeaders = copy(setRequestHeaders);
    removeRequestHeaders = List.copyOf(removeRequestHeaders);
    setResponseHeaders = copy(setResponseHeaders);
    removeResponseHeaders = List.copyOf(removeResponseHeaders);
  }

  static RouteRewrite from(Fields fields) {
    boolean stripPrefix =
        fields.flag("stripPrefix").about("Whether the prefix matched is cut off.").orElse(false);
    Optional<String> replacePrefix =
        PathPattern.LITERAL
            .on(fields.text("replacePrefix", 1, PathPattern.MAX_LENGTH))
            .about("What takes the place of the prefix matched.")
            .optional();
    Optional<String> path =
        PathPattern.TEMPLATE
            .on(fields.text("path", 1, PathPattern.MAX_LENGTH))
            .about("The new path; {name} and ** stand for what the pattern matched.")
            .optional();
    Map<String, String> setRequest = set(fields, "setRequestHeaders").orElse(Map.of());
    List<String> removeRequest = removed(fields, "removeRequestHeaders").orElse(List.of());
    Map<String, String> setResponse = set(fields, "setResponseHeaders").orElse(Map.of());
    List<String> removeResponse = removed(fields, "removeResponseHeaders").orElse(List.of());
    Host host =
        fields
            .choice("host", Host.class)
            .about("Which Host the upstream sees: the client's, its own, or fixedHost.")
            .orElse(Host.CLIENT);
    Optional<String> fixedHost =
        FIXED_HOST
            .on(fields.text("fixedHost", 1, 261))
            .about("A host, with or without a port.")
            .optional();
    return fields.build(
        () ->
            new RouteRewrite(
                stripPrefix,
                replacePrefix,
                path,
                setRequest,
                removeRequest,
                setResponse,
                removeResponse,
                host,
                fixedHost));
  }

  public JsonObject toJson() {
    JsonObject json =
        new JsonObject()
            .put("stripPrefix", stripPrefix)
            .put("setRequestHeaders", new JsonObject(new LinkedHashMap<>(setRequestHeaders)))
            .put("removeRequestHeaders", new JsonArray(new ArrayList<>(removeRequestHeaders)))
            .put("setResponseHeaders", new JsonObject(new LinkedHashMap<>(setResponseHeaders)))
            .put("removeResponseHeaders", new JsonArray(new ArrayList<>(removeResponseHeaders)))
            .put("host", Fields.word(host));
    replacePrefix.ifPresent(value -> json.put("replacePrefix", value));
    path.ifPresent(value -> json.put("path", value));
    fixedHost.ifPresent(value -> json.put("fixedHost", value));
    return json;
  }

  private static Value<Map<String, String>> set(Fields fields, String field) {
    return HeaderRules.SET
        .on(fields.textMap(field, MAX_HEADERS, HeaderRules.MAX_VALUE))
        .about("Headers to set, replacing those of that name.");
  }

  private static Value<List<String>> removed(Fields fields, String field) {
    return HeaderRules.REMOVED
        .on(fields.texts(field, MAX_HEADERS, 200))
        .about("Names of headers to remove.");
  }

  private static boolean isAuthority(String text) {
    String host = text.replaceFirst(":(\\d{1,5})$", "");
    return !host.startsWith("*") && RouteMatch.isHost(host);
  }

  private static Map<String, String> copy(Map<String, String> headers) {
    return Collections.unmodifiableMap(new LinkedHashMap<>(headers));
  }
}
