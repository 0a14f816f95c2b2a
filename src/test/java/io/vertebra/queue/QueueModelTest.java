package io.vertebra.queue;

import io.vertebra.testkit.KvNode;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;

final class QueueModelTest extends QueueModelContract {
  private final KvNode node = new KvNode();
  private OwnedQueueService owner = QueueRig.own(node, node.kv(), () -> {});

  @AfterEach
  void close() {
    node.close();
  }

  @Override
  QueueService queues() {
    return owner;
  }

  @Override
  void letTimePass(Duration time) {
    node.letTimePass(time);
  }

  @Override
  void changeOwner() {
    owner = QueueRig.own(node, node.kv(), () -> {});
  }
}
