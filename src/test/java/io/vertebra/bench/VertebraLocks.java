package io.vertebra.bench;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonObject;

/** The locks of Vertebra over HTTP. */
final class VertebraLocks implements LockClient {
  private static final String LOCKS = "/api/v1/locks/";

  private final JsonHttp http;

  VertebraLocks(Vertx vertx, int port, int clients) {
    http = new JsonHttp(vertx, port, clients);
  }

  @Override
  public Future<Void> pair(int client, String name) {
    String owner = "client-" + client;
    JsonObject wanted =
        new JsonObject().put("owner", owner).put("leaseMs", 30_000).put("waitMs", 60_000);
    return http.ask(HttpMethod.PUT, LOCKS + name, wanted)
        .compose(
            held -> http.ask(HttpMethod.DELETE, LOCKS + name + "?owner=" + owner, new JsonObject()))
        .mapEmpty();
  }
}
