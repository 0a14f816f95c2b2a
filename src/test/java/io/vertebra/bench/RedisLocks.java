package io.vertebra.bench;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Redis;
import io.vertx.redis.client.RedisConnection;
import io.vertx.redis.client.RedisOptions;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What is often made of Redis: {@code SET NX PX}, tried again each millisecond while somebody else
 * has it, and a script that removes the key of its owner. Nobody is served in order.
 */
final class RedisLocks implements LockClient {
  private static final String RELEASE =
      "if redis.call('get', KEYS[1]) == ARGV[1] then return redis.call('del', KEYS[1]) end return 0";

  private final Map<Integer, Future<RedisConnection>> connections = new ConcurrentHashMap<>();
  private final Vertx vertx;
  private final Redis redis;

  RedisLocks(Vertx vertx, int port, int clients) {
    this.vertx = vertx;
    this.redis =
        Redis.createClient(
            vertx,
            new RedisOptions()
                .setConnectionString("redis://127.0.0.1:" + port)
                .setMaxPoolSize(clients)
                .setMaxPoolWaiting(clients));
  }

  @Override
  public Future<Void> pair(int client, String name) {
    String owner = "client-" + client;
    return connections
        .computeIfAbsent(client, unused -> redis.connect())
        .compose(
            connection ->
                acquire(connection, name, owner)
                    .compose(
                        held ->
                            connection.send(
                                Request.cmd(Command.EVAL).arg(RELEASE).arg(1).arg(name).arg(owner)))
                    .mapEmpty());
  }

  private Future<Void> acquire(RedisConnection connection, String name, String owner) {
    Promise<Void> held = Promise.promise();
    attempt(connection, name, owner, held);
    return held.future();
  }

  private void attempt(RedisConnection connection, String name, String owner, Promise<Void> held) {
    Request set = Request.cmd(Command.SET).arg(name).arg(owner).arg("NX").arg("PX").arg(30_000);
    connection
        .send(set)
        .onSuccess(answer -> answered(answer, connection, name, owner, held))
        .onFailure(held::fail);
  }

  private void answered(
      Response answer, RedisConnection connection, String name, String owner, Promise<Void> held) {
    if (answer == null) {
      vertx.setTimer(1, again -> attempt(connection, name, owner, held));
    } else {
      held.complete();
    }
  }
}
