package io.vertebra.route;

import static io.vertx.core.http.HttpMethod.DELETE;
import static io.vertx.core.http.HttpMethod.GET;
import static io.vertx.core.http.HttpMethod.PUT;

import io.vertebra.api.Api;
import io.vertebra.api.Fields;
import io.vertebra.api.Operation;
import io.vertebra.balancer.Upstream;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * The operations on routes and upstreams: the one place that names them, their paths and their
 * JSON. A definition is answered as {@code {name, revision, value}}, where {@code value} can be put
 * as it is.
 */
final class RouteApi {
  static final String CONCERN = "route";
  static final String ADDRESS = "vertebra." + CONCERN;
  static final String EVENTS = ADDRESS + ".events";

  private static final String ROUTE = "/api/v1/routes/:name";
  private static final String UPSTREAM = "/api/v1/upstreams/:name";

  private RouteApi() {}

  static Api of(RouteService service) {
    return new Api(
        CONCERN,
        Api.Scope.CLUSTER,
        List.of(
            listRoutes(service),
            getRoute(service),
            putRoute(service),
            deleteRoute(service),
            listUpstreams(service),
            getUpstream(service),
            putUpstream(service),
            deleteUpstream(service),
            setEndpointState(service)));
  }

  private static Operation<?> listRoutes(RouteService service) {
    return Operation.of(
        "list-routes",
        GET,
        "/api/v1/routes",
        "Lists the routes by name.",
        PageRequest::from,
        request -> service.routes(request).map(page -> page.toJson(Route::toJson)));
  }

  private static Operation<?> getRoute(RouteService service) {
    return Operation.of(
        "get-route",
        GET,
        ROUTE,
        "Shows a route.",
        RouteApi::name,
        name -> route(service.route(name)));
  }

  private static Operation<?> putRoute(RouteService service) {
    return Operation.of(
        "put-route",
        PUT,
        ROUTE,
        "Writes a route.",
        guarded(Route::from),
        request -> route(service.putRoute(request.value(), request.precondition())));
  }

  private static Operation<?> deleteRoute(RouteService service) {
    return Operation.of(
        "delete-route",
        DELETE,
        ROUTE,
        "Removes a route.",
        guarded(RouteApi::name),
        request ->
            service
                .deleteRoute(request.value(), request.precondition())
                .map(revision -> removed(request.value(), revision)));
  }

  private static Operation<?> listUpstreams(RouteService service) {
    return Operation.of(
        "list-upstreams",
        GET,
        "/api/v1/upstream-definitions",
        "Lists the definitions of upstreams by name.",
        PageRequest::from,
        request -> service.upstreams(request).map(page -> page.toJson(Upstream::toJson)));
  }

  private static Operation<?> getUpstream(RouteService service) {
    return Operation.of(
        "get-upstream",
        GET,
        UPSTREAM,
        "Shows the definition of an upstream.",
        RouteApi::name,
        name -> upstream(service.upstream(name)));
  }

  private static Operation<?> putUpstream(RouteService service) {
    return Operation.of(
        "put-upstream",
        PUT,
        UPSTREAM,
        "Writes the definition of an upstream.",
        guarded(Upstream::from),
        request -> upstream(service.putUpstream(request.value(), request.precondition())));
  }

  private static Operation<?> deleteUpstream(RouteService service) {
    return Operation.of(
        "delete-upstream",
        DELETE,
        UPSTREAM,
        "Removes an upstream that no route names.",
        guarded(RouteApi::name),
        request ->
            service
                .deleteUpstream(request.value(), request.precondition())
                .map(revision -> removed(request.value(), revision)));
  }

  private static Operation<?> setEndpointState(RouteService service) {
    return Operation.of(
        "set-endpoint-state",
        PUT,
        UPSTREAM + "/endpoints/:id/state",
        "Lets an endpoint of an upstream get requests, or none.",
        guarded(SetEndpointState::from),
        request -> upstream(service.setEndpointState(request.value(), request.precondition())));
  }

  private static Future<JsonObject> route(Future<Entry<Route>> answer) {
    return answer.map(entry -> entry.toJson(Route::toJson));
  }

  private static Future<JsonObject> upstream(Future<Entry<Upstream>> answer) {
    return answer.map(entry -> entry.toJson(Upstream::toJson));
  }

  private static JsonObject removed(String name, long revision) {
    return new JsonObject().put("name", name).put("revision", revision);
  }

  private static String name(Fields fields) {
    String name = Names.read(fields, "name").required();
    return fields.build(() -> name);
  }

  private static <T> Function<Fields, Guarded<T>> guarded(Function<Fields, T> reader) {
    return fields -> {
      Supplier<Precondition> precondition = Precondition.reading(fields);
      return new Guarded<>(reader.apply(fields), precondition.get());
    };
  }

  /** What a change is about, and what it expects to find. */
  private record Guarded<T>(T value, Precondition precondition) {}
}
