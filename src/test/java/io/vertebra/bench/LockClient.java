package io.vertebra.bench;

import io.vertx.core.Future;
import io.vertx.core.Vertx;

/** Takes a lock and gives it back; each client does so one at a time. */
interface LockClient {

  /**
   * Takes {@code name}, waiting until it is free, and gives it back.
   *
   * @param client its number
   */
  Future<Void> pair(int client, String name);

  /** A client of a system that listens at a port of loopback. */
  static LockClient of(String system, Vertx vertx, int port, int clients) throws Exception {
    return switch (system) {
      case "vertebra" -> new VertebraLocks(vertx, port, clients);
      case "etcd" -> new EtcdLocks(vertx, port, clients);
      case "redis" -> new RedisLocks(vertx, port, clients);
      case "zookeeper" -> new ZooKeeperLocks(vertx, port, clients);
      case "limiter" -> LimitClient.vertebra(vertx, port, clients);
      case "constant" -> LimitClient.constant(vertx, port, clients);
      case "batch" -> LimitClient.batch(vertx, port, clients);
      case "limiter3" -> LimitClient.spread(LimitClient::vertebra, vertx, port, clients);
      case "constant3" -> LimitClient.spread(LimitClient::constant, vertx, port, clients);
      case "gcra" -> LimitClient.redis(vertx, port, clients);
      default -> throw new IllegalArgumentException(system);
    };
  }
}
