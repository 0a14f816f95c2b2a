package io.vertebra.bench;

import io.vertx.core.Future;
import io.vertx.core.Vertx;

/** Adds to counters; each client does so one at a time. */
interface CounterClient {

  /**
   * Adds 1 to {@code name}, which begins at 0.
   *
   * @param client its number
   */
  Future<Void> add(int client, String name);

  /** A client of a system that listens at a port of loopback. */
  static CounterClient of(String system, Vertx vertx, int port, int clients) throws Exception {
    return switch (system) {
      case "vertebra" -> new VertebraCounters(vertx, port, clients);
      case "etcd" -> new EtcdCounters(vertx, port, clients);
      case "redis" -> new RedisCounters(vertx, port, clients);
      case "zookeeper" -> new ZooKeeperCounters(port, clients);
      default -> throw new IllegalArgumentException(system);
    };
  }
}
