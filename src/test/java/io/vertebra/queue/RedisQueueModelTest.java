package io.vertebra.queue;

import io.vertebra.testkit.KvNode;
import io.vertebra.testkit.RedisNode;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;

/** Two nodes take turns. */
final class RedisQueueModelTest extends QueueModelContract {
  private static RedisQueueRig redis;

  private final KvNode node = new KvNode();
  private QueueService queues = redis.deploy(node);
  private QueueService others = redis.deploy(node);

  @BeforeAll
  static void startServer() {
    redis = new RedisQueueRig(new RedisNode());
  }

  @AfterAll
  static void stopServer() {
    redis.close();
  }

  @AfterEach
  void close() {
    node.close();
    redis.flush();
  }

  @Override
  QueueService queues() {
    return queues;
  }

  @Override
  void letTimePass(Duration time) {
    node.letTimePass(time);
  }

  @Override
  void changeOwner() {
    QueueService before = queues;
    queues = others;
    others = before;
  }
}
