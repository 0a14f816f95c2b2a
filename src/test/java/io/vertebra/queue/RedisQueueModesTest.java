package io.vertebra.queue;

import static io.vertebra.testkit.Waiting.await;
import static io.vertebra.testkit.Waiting.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertebra.api.FailureCode;
import io.vertebra.testkit.KvNode;
import io.vertebra.testkit.RedisNode;
import io.vertx.core.json.JsonObject;
import io.vertx.redis.client.Command;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Servers that are not like others. */
final class RedisQueueModesTest {
  private static final String QUEUE = "orders";

  private final KvNode node = new KvNode();

  @AfterEach
  void close() {
    node.close();
  }

  private static ReceivedMessage receive(QueueService queues) {
    return await(queues.receive(ReceiveMessages.of(QUEUE, 1), QueueRig.never())).get(0);
  }

  private static Settled settle(QueueService queues, Settlement settlement) {
    return await(queues.settle(QUEUE, List.of(settlement))).get(0).get();
  }

  private static void send(QueueService queues, String body) {
    await(queues.send(QUEUE, List.of(NewMessage.of(body)))).get(0).get();
  }

  @Test
  void moveDeadLettersInACluster() {
    JsonObject cluster = new JsonObject().put("mode", "cluster");
    try (RedisQueueRig redis =
        new RedisQueueRig(new RedisNode(cluster, "--cluster-enabled", "yes"))) {
      redis.ask(Command.CLUSTER, "ADDSLOTSRANGE", 0, 16383);
      QueueService queues = redis.deploy(node, "{}", () -> 0);
      eventually(() -> await(queues.define(DefineQueue.of(QUEUE))));
      ReceiveMessages waiting = ReceiveMessages.of(QUEUE, 1).waiting(Duration.ofSeconds(20));
      var message = queues.receive(waiting, QueueRig.never());
      send(queues, "a");
      Settlement rejected = Settlement.reject(await(message).get(0).receipt(), "bad");
      assertThat(settle(queues, rejected).result()).isEqualTo(Settled.Result.DEAD);
      assertThat(await(queues.get("orders.dead")).messages()).isOne();
    }
  }

  @Test
  void takeAcknowledgementsWhenTheyAreFull() {
    try (RedisQueueRig redis = new RedisQueueRig(new RedisNode())) {
      QueueService queues = redis.deploy(node, "{}", () -> 0);
      await(queues.define(DefineQueue.of(QUEUE)));
      send(queues, "a");
      send(queues, "b");
      ReceivedMessage message = receive(queues);
      redis.ask(Command.CONFIG, "SET", "maxmemory", 1);
      assertThat(QueueContract.refused(() -> send(queues, "c"))).isEqualTo(FailureCode.UNAVAILABLE);
      assertThat(QueueContract.refused(() -> receive(queues))).isEqualTo(FailureCode.UNAVAILABLE);
      assertThat(settle(queues, Settlement.ack(message.receipt())).result())
          .isEqualTo(Settled.Result.ACKED);
      redis.ask(Command.CONFIG, "SET", "maxmemory", 0);
      assertThat(QueueContract.text(receive(queues).message())).isEqualTo("b");
    }
  }
}
