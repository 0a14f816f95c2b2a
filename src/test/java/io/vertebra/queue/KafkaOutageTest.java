package io.vertebra.queue;

import static io.vertebra.testkit.Waiting.await;
import static io.vertebra.testkit.Waiting.within;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertebra.api.Failure;
import io.vertebra.api.FailureCode;
import io.vertebra.testkit.KafkaNode;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A Kafka that goes away and comes back. */
@Tag("slow")
final class KafkaOutageTest {
  private static final String ORDERS = "orders";
  private final Set<String> acked = new HashSet<>();
  private final Set<String> unsure = new HashSet<>();
  private final Set<String> repeated = new HashSet<>();
  private final KafkaNode kafka = new KafkaNode();
  private final KafkaRig rig = new KafkaRig(kafka, new JsonObject());

  @AfterEach
  void close() {
    rig.close();
    kafka.close();
  }

  private static List<ReceivedMessage> receive(QueueService queues) {
    ReceiveMessages request = ReceiveMessages.of(ORDERS, 100).waiting(Duration.ofMillis(200));
    return await(queues.receive(request, QueueRig.never()));
  }

  @Test
  void losesNothingAndRepeatsNothingAcknowledgedWhenKafkaRestarts() {
    QueueService queues = rig.deploy();
    await(queues.define(DefineQueue.of(ORDERS)));
    Set<String> sent = new TreeSet<>();
    for (int i = 0; i < 40; i++) {
      sent.add(await(queues.send(ORDERS, List.of(NewMessage.of("m" + i)))).get(0).get().id());
    }
    acknowledge(queues, 10);
    kafka.stop();
    List<Future<List<Outcome<SentMessage>>>> during = new ArrayList<>();
    for (int i = 40; i < 60; i++) {
      during.add(queues.send(ORDERS, List.of(NewMessage.of("m" + i))));
    }
    kafka.start();
    within(Duration.ofSeconds(60), () -> assertThat(during).allMatch(Future::isComplete));
    for (Future<List<Outcome<SentMessage>>> each : during) {
      if (each.succeeded()) {
        each.result().get(0).value().ifPresent(message -> sent.add(message.id()));
      }
    }
    within(
        Duration.ofSeconds(60),
        () -> {
          acknowledge(queues, 100);
          Set<String> missing = new TreeSet<>(sent);
          missing.removeAll(acked);
          missing.removeAll(unsure);
          assertThat(missing).isEmpty();
        });
    assertThat(repeated).isEmpty();
    assertThat(sent.size()).isGreaterThanOrEqualTo(40);
  }

  private void acknowledge(QueueService queues, int most) {
    for (ReceivedMessage message : receive(queues)) {
      String id = message.message().id();
      if (acked.contains(id)) {
        repeated.add(id);
      }
      Settlement settlement =
          acked.size() < most
              ? Settlement.ack(message.receipt())
              : Settlement.nack(message.receipt(), Duration.ZERO, "");
      Outcome<Settled> settled = await(queues.settle(ORDERS, List.of(settlement))).get(0);
      if (settlement.kind() == Settlement.Kind.ACK && settled.value().isPresent()) {
        acked.add(id);
      } else if (settled.failure().filter(KafkaOutageTest::isUnknown).isPresent()) {
        unsure.add(id);
      }
    }
  }

  private static boolean isUnknown(Failure failure) {
    return failure.code() == FailureCode.TIMEOUT;
  }
}
