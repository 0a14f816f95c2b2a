package io.vertebra.bench;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.function.Consumer;

/** A durable queue of text: an answer to a sender says that the message is on disk. */
interface QueueClient {
  String QUEUE = "bench";

  /** Most messages that a receiver gets at once. */
  int BATCH = 16;

  /**
   * Completes when the message is on disk.
   *
   * @param sender its number; it has one message under way
   */
  Future<Void> send(int sender, String body) throws Exception;

  /**
   * Begins to give messages to a receiver, each acknowledged once it was taken.
   *
   * @param receiver its number
   * @param failed told what ended it
   */
  void receive(int receiver, Consumer<String> taken, Consumer<Throwable> failed) throws Exception;

  /** A client of a system that listens at a port of loopback. The queue is made, and empty. */
  static QueueClient of(String system, Vertx vertx, int port, int clients) throws Exception {
    return switch (system) {
      case "vertebra" -> new VertebraQueue(vertx, port, clients);
      case "vertebra-batched" -> new BatchedVertebraQueue(vertx, port);
      case "rabbitmq" -> new RabbitQueue(port);
      case "nats", "nats-sync" -> new NatsQueue(port);
      case "redis" -> new RedisQueue(vertx, port, clients);
      default -> throw new IllegalArgumentException(system);
    };
  }
}
