package io.vertebra.route;

import io.vertebra.api.Fields;
import io.vertebra.balancer.Upstream;
import io.vertx.core.json.JsonObject;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;

/**
 * What a node begins with. In JSON the names are keys and not repeated as fields.
 *
 * @param routes by name, at most 10,000; default none. Each names one of {@code upstreams}
 * @param upstreams by name, at most 1,000; default none
 */
public record RouteOptions(Map<String, Route> routes, Map<String, Upstream> upstreams) {
  /** Nothing. */
  public static final RouteOptions DEFAULTS = new RouteOptions(Map.of(), Map.of());

  public RouteOptions {
    routes = Collections.unmodifiableMap(new LinkedHashMap<>(routes));
    upstreams = Collections.unmodifiableMap(new LinkedHashMap<>(upstreams));
    Violations violations = new Violations();
    violations.check(
        routes.size() <= Snapshot.MAX_ROUTES,
        "/routes",
        "must have at most " + Snapshot.MAX_ROUTES + " entries");
    violations.check(
        upstreams.size() <= Snapshot.MAX_UPSTREAMS,
        "/upstreams",
        "must have at most " + Snapshot.MAX_UPSTREAMS + " entries");
    for (Map.Entry<String, Route> entry : routes.entrySet()) {
      Route route = entry.getValue();
      String pointer = "/routes/" + entry.getKey();
      violations.check(route.name().equals(entry.getKey()), pointer, "must have its key as name");
      violations.check(
          upstreams.containsKey(route.upstream()),
          pointer + "/upstream",
          "must name an upstream that exists");
    }
    upstreams.forEach(
        (key, upstream) ->
            violations.check(
                upstream.name().equals(key), "/upstreams/" + key, "must have its key as name"));
    violations.throwIfAny();
  }

  /** The options of a section that holds nothing else. */
  public static RouteOptions from(Fields fields) {
    return fields.build(reading(fields));
  }

  /**
   * Reads the options of a section that holds other fields too, whose reader calls the result from
   * its own {@link Fields#build}.
   */
  public static Supplier<RouteOptions> reading(Fields fields) {
    Map<String, Route> routes =
        fields
            .keyedObjects("routes", Snapshot.MAX_ROUTES, "name", Route::from)
            .about("Routes by name, in force when the node starts.")
            .orElse(Map.of());
    Map<String, Upstream> upstreams =
        fields
            .keyedObjects("upstreams", Snapshot.MAX_UPSTREAMS, "name", Upstream::from)
            .about("Upstreams by name, in force when the node starts.")
            .orElse(Map.of());
    return () -> new RouteOptions(routes, upstreams);
  }

  /** The same as {@link #from} reads. */
  public JsonObject toJson() {
    JsonObject routesJson = new JsonObject();
    routes.forEach((name, route) -> routesJson.put(name, unnamed(route.toJson())));
    JsonObject upstreamsJson = new JsonObject();
    upstreams.forEach((name, upstream) -> upstreamsJson.put(name, unnamed(upstream.toJson())));
    return new JsonObject().put("routes", routesJson).put("upstreams", upstreamsJson);
  }

  private static JsonObject unnamed(JsonObject definition) {
    JsonObject copy = definition.copy();
    copy.remove("name");
    return copy;
  }
}
