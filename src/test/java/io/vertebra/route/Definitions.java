package io.vertebra.route;

import io.vertebra.api.Fields;
import io.vertebra.balancer.Upstream;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;

/** Definitions for tests. */
final class Definitions {
  private Definitions() {}

  /** A route that takes everything to the upstream {@code web}. */
  static Route route(String name) {
    return Route.of(name, RouteMatch.ANY, "web");
  }

  /** An upstream with the endpoints {@code 127.0.0.1:9000} and {@code 127.0.0.1:9001}. */
  static Upstream upstream(String name) {
    JsonArray endpoints = new JsonArray().add(endpoint(9000)).add(endpoint(9001));
    return Upstream.from(Fields.of(new JsonObject().put("name", name).put("endpoints", endpoints)));
  }

  private static JsonObject endpoint(int port) {
    return new JsonObject().put("host", "127.0.0.1").put("port", port);
  }
}
