package io.vertebra.bench;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The lock service of etcd through its JSON gateway; each client has one lease. */
final class EtcdLocks implements LockClient {
  private final Map<Integer, Future<String>> leases = new ConcurrentHashMap<>();
  private final JsonHttp http;

  EtcdLocks(Vertx vertx, int port, int clients) {
    http = new JsonHttp(vertx, port, clients);
  }

  @Override
  public Future<Void> pair(int client, String name) {
    String encoded = Base64.getEncoder().encodeToString(name.getBytes(StandardCharsets.UTF_8));
    return leases
        .computeIfAbsent(client, unused -> lease())
        .compose(
            lease ->
                post("/v3/lock/lock", new JsonObject().put("name", encoded).put("lease", lease)))
        .compose(
            held -> post("/v3/lock/unlock", new JsonObject().put("key", held.getString("key"))))
        .mapEmpty();
  }

  private Future<String> lease() {
    return post("/v3/lease/grant", new JsonObject().put("TTL", "600"))
        .map(lease -> lease.getString("ID"));
  }

  private Future<JsonObject> post(String path, JsonObject body) {
    return http.ask(HttpMethod.POST, path, body);
  }
}
