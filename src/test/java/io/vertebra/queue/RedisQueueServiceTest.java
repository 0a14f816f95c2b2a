package io.vertebra.queue;

import io.vertebra.testkit.KvNode;
import io.vertebra.testkit.RedisNode;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;

final class RedisQueueServiceTest extends QueueServiceContract {
  private static RedisQueueRig redis;

  private final KvNode node = new KvNode();
  private final QueueService queues = redis.deploy(node);

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
  protected QueueService queues() {
    return queues;
  }

  @Override
  protected void letTimePass(Duration time) {
    node.letTimePass(time);
  }
}
