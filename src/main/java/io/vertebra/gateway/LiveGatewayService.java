package io.vertebra.gateway;

import io.vertebra.balancer.LiveEndpoint;
import io.vertebra.balancer.LiveUpstream;
import io.vertebra.route.RouteTable;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.Comparator;
import java.util.List;

/** Answers from the routing that is in force on this node. */
final class LiveGatewayService implements GatewayService {
  private final Gateway gateway;

  LiveGatewayService(Gateway gateway) {
    this.gateway = gateway;
  }

  @Override
  public Future<JsonObject> explain(ExplainRequest request) {
    Routing routing = gateway.routing();
    String method = request.method();
    List<JsonObject> routes =
        routing.table().explain(method, request.host(), request.path(), request.headers()::get);
    JsonObject explanation =
        new JsonObject()
            .put("routesRevision", routing.revision())
            .put("routes", new JsonArray(routes));
    RouteTable.Match match =
        routing.table().match(method, request.host(), request.path(), request.headers()::get);
    Target target = match == null ? null : routing.targets().get(match.route().name());
    if (match == null || target == null) {
      return Future.succeededFuture(explanation.put("status", 404));
    }
    LiveUpstream upstream = target.upstream();
    JsonObject balancing = upstream.explain(gateway.hash(request, upstream));
    LiveEndpoint sticky = gateway.stickyEndpoint(request, target);
    if (sticky != null) {
      balancing.put("endpoint", sticky.id()).put("reason", "the client's cookie names it");
    }
    return Future.succeededFuture(
        explanation
            .put("route", match.route().name())
            .put("upstream", upstream.definition().name())
            .put("path", match.rewritePath(request.path()))
            .put("balancing", balancing));
  }

  @Override
  public Future<JsonObject> upstreams() {
    List<JsonObject> live =
        gateway.routing().upstreams().values().stream()
            .sorted(Comparator.comparing(upstream -> upstream.definition().name()))
            .map(LiveUpstream::toJson)
            .toList();
    return Future.succeededFuture(new JsonObject().put("items", new JsonArray(live)));
  }
}
