package io.vertebra.bench;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Redis;
import io.vertx.redis.client.RedisConnection;
import io.vertx.redis.client.RedisOptions;
import io.vertx.redis.client.Request;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** One decision on a limit in place of a pair, so that what measures locks measures these. */
final class LimitClient {
  /** GCRA of 1,000,000 permits per second, by the clock of Redis. */
  private static final String GCRA =
      "local t = redis.call('time') local now = t[1] * 1000000 + t[2] "
          + "local tat = tonumber(redis.call('get', KEYS[1]) or now) "
          + "if tat < now then tat = now end "
          + "local next = tat + 1 if next - now > 1000000 then return {0, next - now} end "
          + "redis.call('set', KEYS[1], string.format('%d', next), 'PX', 2000) "
          + "return {1, next - now}";

  private static final int BATCH = 50;

  private LimitClient() {}

  /** Clients that are spread evenly over three nodes whose ports follow each other. */
  static LockClient spread(Opener opener, Vertx vertx, int port, int clients) {
    List<LockClient> nodes =
        List.of(
            opener.open(vertx, port, clients),
            opener.open(vertx, port + 1, clients),
            opener.open(vertx, port + 2, clients));
    return (client, name) -> nodes.get(client % nodes.size()).pair(client, name);
  }

  /** What opens a client of one node. */
  interface Opener {
    LockClient open(Vertx vertx, int port, int clients);
  }

  /** Takes of the policy {@code bench}, which must be there. */
  static LockClient vertebra(Vertx vertx, int port, int clients) {
    JsonHttp http = new JsonHttp(vertx, port, clients);
    return (client, name) ->
        http.ask(
                HttpMethod.POST,
                "/api/v1/limits/bench/take",
                new JsonObject().put("fields", new JsonObject().put("field:id", name)))
            .mapEmpty();
  }

  /** Takes of the policy {@code bench} for 50 clients in one request; counts as one. */
  static LockClient batch(Vertx vertx, int port, int clients) {
    JsonHttp http = new JsonHttp(vertx, port, clients);
    return (client, name) -> {
      JsonArray items = new JsonArray();
      for (int i = 0; i < BATCH; i++) {
        items.add(
            new JsonObject()
                .put("policy", "bench")
                .put("fields", new JsonObject().put("field:id", name + i)));
      }
      return http.ask(HttpMethod.POST, "/api/v1/limits:batch", new JsonObject().put("items", items))
          .mapEmpty();
    };
  }

  /** The same server's answer to who is there. */
  static LockClient constant(Vertx vertx, int port, int clients) {
    JsonHttp http = new JsonHttp(vertx, port, clients);
    return (client, name) ->
        http.ask(HttpMethod.GET, "/api/v1/cluster", new JsonObject()).mapEmpty();
  }

  static LockClient redis(Vertx vertx, int port, int clients) {
    RedisOptions options =
        new RedisOptions()
            .setConnectionString("redis://127.0.0.1:" + port)
            .setMaxPoolSize(clients)
            .setMaxPoolWaiting(clients);
    Redis redis = Redis.createClient(vertx, options);
    Map<Integer, Future<RedisConnection>> connections = new ConcurrentHashMap<>();
    return (client, name) ->
        connections
            .computeIfAbsent(client, unused -> redis.connect())
            .compose(
                connection -> connection.send(Request.cmd(Command.EVAL).arg(GCRA).arg(1).arg(name)))
            .mapEmpty();
  }
}
