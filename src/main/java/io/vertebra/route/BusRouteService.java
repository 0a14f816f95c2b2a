package io.vertebra.route;

import io.vertebra.api.Failure;
import io.vertebra.api.Fields;
import io.vertebra.balancer.Upstream;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.Message;
import io.vertx.core.json.JsonObject;
import java.util.function.Function;

/** The definitions of one node, called over the event bus. */
public final class BusRouteService implements RouteService {
  private final Vertx vertx;
  private final String address;

  private BusRouteService(Vertx vertx, String address) {
    this.vertx = vertx;
    this.address = address;
  }

  /** Calls the node that this process is. */
  public static BusRouteService local(Vertx vertx) {
    return new BusRouteService(vertx, RouteApi.ADDRESS);
  }

  /** Calls another node by its id. */
  public static BusRouteService on(Vertx vertx, String node) {
    return new BusRouteService(vertx, RouteApi.ADDRESS + "." + node);
  }

  @Override
  public Future<Page<Route>> routes(PageRequest request) {
    return call("list-routes", request.toJson()).map(json -> Page.from(json, Route::from));
  }

  @Override
  public Future<Entry<Route>> route(String name) {
    return call("get-route", named(name)).map(json -> Entry.from(json, Route::from));
  }

  @Override
  public Future<Entry<Route>> putRoute(Route route, Precondition precondition) {
    return write("put-route", route.toJson(), precondition, Route::from);
  }

  @Override
  public Future<Long> deleteRoute(String name, Precondition precondition) {
    return delete("delete-route", name, precondition);
  }

  @Override
  public Future<Page<Upstream>> upstreams(PageRequest request) {
    return call("list-upstreams", request.toJson()).map(json -> Page.from(json, Upstream::from));
  }

  @Override
  public Future<Entry<Upstream>> upstream(String name) {
    return call("get-upstream", named(name)).map(json -> Entry.from(json, Upstream::from));
  }

  @Override
  public Future<Entry<Upstream>> putUpstream(Upstream upstream, Precondition precondition) {
    return write("put-upstream", upstream.toJson(), precondition, Upstream::from);
  }

  @Override
  public Future<Long> deleteUpstream(String name, Precondition precondition) {
    return delete("delete-upstream", name, precondition);
  }

  @Override
  public Future<Entry<Upstream>> setEndpointState(
      SetEndpointState change, Precondition precondition) {
    return write("set-endpoint-state", change.toJson(), precondition, Upstream::from);
  }

  private Future<Long> delete(String action, String name, Precondition precondition) {
    return call(action, precondition.writeTo(named(name))).map(json -> json.getLong("revision"));
  }

  private <T> Future<Entry<T>> write(
      String action, JsonObject request, Precondition precondition, Function<Fields, T> reader) {
    return call(action, precondition.writeTo(request)).map(json -> Entry.from(json, reader));
  }

  private Future<JsonObject> call(String action, JsonObject request) {
    return vertx
        .eventBus()
        .<JsonObject>request(address, request, new DeliveryOptions().addHeader("action", action))
        .map(Message::body)
        .recover(cause -> Future.failedFuture(Failure.of(cause)));
  }

  private static JsonObject named(String name) {
    return new JsonObject().put("name", name);
  }
}
