package io.vertebra.queue;

import static io.vertebra.testkit.Waiting.await;
import static io.vertebra.testkit.Waiting.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

class QueueBusApiTest extends QueueApiContract {

  @Override
  Future<JsonObject> call(String action, JsonObject request) {
    return node.callByBus("queue." + action, request);
  }

  @Test
  void acknowledgesByAReplyAndReturnsByAFailure() {
    List<String> heard = new CopyOnWriteArrayList<>();
    node.vertx
        .eventBus()
        .<JsonObject>consumer(
            "orders.worker",
            message -> {
              JsonObject order = message.body();
              heard.add(order.getString("body") + order.getInteger("attempts"));
              if (order.getString("body").equals("bad") && order.getInteger("attempts") == 1) {
                message.fail(1, "not yet");
              } else {
                message.reply(null);
              }
            });
    ask("define", "{'queue': 'orders', 'backoff': {'minMs': 0, 'maxMs': 0}}");
    ask("send-batch", "{'queue': 'orders', 'messages': [{'body': 'good'}, {'body': 'bad'}]}");
    ask("subscribe", "{'queue': 'orders', 'address': 'orders.worker', 'credit': 1}");
    eventually(() -> assertThat(heard).containsExactly("good1", "bad1", "bad2"));
    eventually(() -> assertThat(ask("get", "{'queue': 'orders'}").getInteger("messages")).isZero());
    ask("unsubscribe", "{'queue': 'orders', 'address': 'orders.worker'}");
    ask("send", "{'queue': 'orders', 'body': 'kept'}");
    assertThat(ask("receive", "{'queue': 'orders'}").getJsonArray("messages")).hasSize(1);
  }

  @Test
  void countsNoAttemptWhereNobodyHearsAndEndsTheSubscriptionAfterAWhile() {
    ask("send", "{'queue': 'orders', 'body': 'a'}");
    ask("subscribe", "{'queue': 'orders', 'address': 'nobody'}");
    eventually(
        () -> {
          node.letTimePass(Duration.ofSeconds(1));
          assertThat(ask("get", "{'queue': 'orders'}").getJsonArray("subscriptions")).isEmpty();
        });
    eventually(
        () -> {
          node.letTimePass(Duration.ofSeconds(1));
          JsonObject received = ask("receive", "{'queue': 'orders'}");
          assertThat(received.getJsonArray("messages").getJsonObject(0).getInteger("attempts"))
              .isEqualTo(1);
        });
  }

  @Test
  void servesATypedClient() {
    QueueService queues = new BusQueueService(node.vertx);
    List<Outcome<SentMessage>> sent =
        await(
            queues.send(
                "orders",
                List.of(
                    NewMessage.of("a").keyed("k").with(Map.of("h", "1")),
                    NewMessage.of("b"),
                    NewMessage.of("c"))));
    List<ReceivedMessage> received =
        await(queues.receive(ReceiveMessages.of("orders", 10), QueueRig.never()));
    assertThat(received.stream().map(each -> each.message().id()))
        .isEqualTo(sent.stream().map(each -> each.get().id()).toList());
    assertThat(received.get(0).message().headers()).containsEntry("h", "1");
    List<Outcome<Settled>> settled =
        await(
            queues.settle(
                "orders",
                List.of(
                    Settlement.extend(received.get(2).receipt(), Duration.ofMinutes(1)),
                    Settlement.ack(received.get(0).receipt()),
                    Settlement.reject(received.get(1).receipt(), "bad"),
                    Settlement.ack("nonsense"))));
    assertThat(settled.subList(0, 3).stream().map(each -> each.get().result()))
        .containsExactly(Settled.Result.EXTENDED, Settled.Result.ACKED, Settled.Result.DEAD);
    assertThat(settled.get(3).failure()).isPresent();
    assertThat(await(queues.peek(PeekMessages.of("orders"))).items()).hasSize(1);
    assertThat(await(queues.get("orders.dead")).messages()).isOne();
    assertThat(await(queues.list(ListQueues.all())).items()).hasSize(2);
    assertThat(await(queues.redrive(Redrive.of("orders.dead"))).detail()).isEmpty();
    await(queues.purge("orders"));
    await(queues.delete("orders"));
  }
}
