package io.vertebra.queue;

import io.vertebra.testkit.KvNode;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;

final class KvQueueServiceTest extends QueueServiceContract {
  private final KvNode node = new KvNode();
  private final QueueService queues = QueueRig.deploy(node).service();

  @AfterEach
  void close() {
    node.close();
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
