package io.vertebra.bench;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Redis;
import io.vertx.redis.client.RedisConnection;
import io.vertx.redis.client.RedisOptions;
import io.vertx.redis.client.Request;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** {@code INCR}; each client has a connection. */
final class RedisCounters implements CounterClient {
  private final Map<Integer, Future<RedisConnection>> connections = new ConcurrentHashMap<>();
  private final Redis redis;

  RedisCounters(Vertx vertx, int port, int clients) {
    redis =
        Redis.createClient(
            vertx,
            new RedisOptions()
                .setConnectionString("redis://127.0.0.1:" + port)
                .setMaxPoolSize(clients)
                .setMaxPoolWaiting(clients));
  }

  @Override
  public Future<Void> add(int client, String name) {
    return connections
        .computeIfAbsent(client, unused -> redis.connect())
        .compose(connection -> connection.send(Request.cmd(Command.INCR).arg(name)))
        .mapEmpty();
  }
}
