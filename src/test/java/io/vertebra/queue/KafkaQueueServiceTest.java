package io.vertebra.queue;

import static io.vertebra.testkit.Waiting.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertebra.api.FailureCode;
import io.vertebra.testkit.KafkaNode;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

final class KafkaQueueServiceTest extends QueueServiceContract {
  private static KafkaNode kafka;
  private final KafkaRig rig = new KafkaRig(kafka);
  private final QueueService queues = rig.deploy();

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
  @Test
  void refusesWhatThereIsNoRoomFor() {
    assertThat(refused(() -> define("small", "{'maxBytes': 10}"))).isEqualTo(FailureCode.INVALID);
    define("small", "{'maxMessages': 2}");
    send("small", NewMessage.of("1"));
    send("small", NewMessage.of("2"));
    assertThat(refused(() -> send("small", NewMessage.of("3")))).isEqualTo(FailureCode.LIMITED);
    ReceivedMessage first = receive(ReceiveMessages.of("small", 1)).get(0);
    await(queues().settle("small", List.of(Settlement.ack(first.receipt()))));
    send("small", NewMessage.of("3"));
    assertThat(await(queues().get("small")).messages()).isEqualTo(2);
  }

  @Override
  @Test
  void dropsTheOldestWhereTheQueueSaysSo() {
    assertThat(refused(() -> define("ring", "{'maxMessages': 2, 'onFull': 'drop-oldest'}")))
        .isEqualTo(FailureCode.INVALID);
  }

  @Override
  protected QueueService queues() {
    return queues;
  }

  @Override
  protected void letTimePass(Duration time) {
    rig.node.letTimePass(time);
  }
}
