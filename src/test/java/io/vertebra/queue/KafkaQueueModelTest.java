package io.vertebra.queue;

import io.vertebra.testkit.KafkaNode;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;

/** One owner follows the other, and nobody tells the one before. */
@Tag("slow")
final class KafkaQueueModelTest extends QueueModelContract {
  private static KafkaNode kafka;
  private final KafkaRig rig = new KafkaRig(kafka);
  private KafkaQueueService owner = rig.own(() -> {});

  @BeforeAll
  static void open() {
    kafka = new KafkaNode();
  }

  @AfterEach
  void close() {
    rig.close();
    kafka.clear();
  }

  @AfterAll
  static void end() {
    kafka.close();
  }

  @Override
  QueueService queues() {
    return owner;
  }

  @Override
  void letTimePass(Duration time) {
    rig.node.letTimePass(time);
  }

  @Override
  void changeOwner() {
    owner = rig.own(() -> {});
  }

  @Override
  boolean receiptsOutliveTheirOwner() {
    return false;
  }
}
