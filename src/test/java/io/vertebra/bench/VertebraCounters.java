package io.vertebra.bench;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonObject;

/** The counters of Vertebra over HTTP. */
final class VertebraCounters implements CounterClient {
  private final JsonHttp http;

  VertebraCounters(Vertx vertx, int port, int clients) {
    http = new JsonHttp(vertx, port, clients);
  }

  @Override
  public Future<Void> add(int client, String name) {
    return http.ask(HttpMethod.POST, "/api/v1/counters/" + name, new JsonObject()).mapEmpty();
  }
}
