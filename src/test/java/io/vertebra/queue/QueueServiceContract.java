package io.vertebra.queue;

import static io.vertebra.testkit.Waiting.await;
import static io.vertebra.testkit.Waiting.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertebra.api.FailureCode;
import io.vertebra.api.Fields;
import io.vertebra.queue.QueueDefinition.OnFull;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What queues must do, whatever keeps them. A backend's test says how to open it. */
public abstract class QueueServiceContract extends QueueDeliveryContract {

  @Test
  void refusesWhatThereIsNoRoomFor() {
    define("small", "{'maxMessages': 2, 'maxBytes': 10}");
    send("small", NewMessage.of("12345"));
    assertThat(refused(() -> send("small", NewMessage.of("123456"))))
        .isEqualTo(FailureCode.LIMITED);
    send("small", NewMessage.of("1234"));
    assertThat(refused(() -> send("small", NewMessage.of("1")))).isEqualTo(FailureCode.LIMITED);
    assertThat(refused(() -> send("small", NewMessage.of("12345678901"))))
        .isEqualTo(FailureCode.TOO_LARGE);
    ReceivedMessage first = receive(ReceiveMessages.of("small", 1)).get(0);
    await(queues().settle("small", List.of(Settlement.ack(first.receipt()))));
    send("small", NewMessage.of("123456"));
    assertThat(bodies(receive(ReceiveMessages.of("small", 10)))).containsExactly("1234", "123456");
  }

  @Test
  void dropsTheOldestWhereTheQueueSaysSo() {
    QueueView view = define("ring", "{'maxMessages': 2, 'onFull': 'drop-oldest'}");
    assertThat(view.definition().onFull()).isEqualTo(OnFull.DROP_OLDEST);
    for (String body : List.of("1", "2", "3", "4")) {
      send("ring", NewMessage.of(body));
    }
    assertThat(await(queues().get("ring")).messages()).isEqualTo(2);
    assertThat(bodies(receive(ReceiveMessages.of("ring", 10)))).containsExactly("3", "4");
    assertThat(refused(() -> send("ring", NewMessage.of("5")))).isEqualTo(FailureCode.LIMITED);
  }

  @Test
  void givesEveryGroupEveryMessage() {
    await(queues().seek(SeekGroup.first(ORDERS, "audit")));
    sendAll("a", "b");
    List<ReceivedMessage> here = receive(10);
    List<ReceivedMessage> there = receive(ReceiveMessages.of(ORDERS, 10).as("audit"));
    assertThat(bodies(here)).isEqualTo(bodies(there)).containsExactly("a", "b");
    here.forEach(message -> settle(Settlement.ack(message.receipt())));
    assertThat(await(queues().get(ORDERS)).messages()).isEqualTo(2);
    settle(Settlement.ack(there.get(0).receipt()));
    settle(Settlement.nack(there.get(1).receipt(), Duration.ZERO, ""));
    assertThat(await(queues().get(ORDERS)).messages()).isEqualTo(1);
    assertThat(receive(10)).isEmpty();
    assertThat(bodies(receive(ReceiveMessages.of(ORDERS, 10).as("audit")))).containsExactly("b");
    assertThat(refused(() -> receive(ReceiveMessages.of(ORDERS, 1).as("other"))))
        .isEqualTo(FailureCode.NOT_FOUND);
  }

  @Test
  void beginsAGroupWhereItIsToldTo() {
    sendAll("a");
    letTimePass(Duration.ofSeconds(1));
    String second = send(ORDERS, NewMessage.of("b"));
    await(queues().seek(SeekGroup.first(ORDERS, "first")));
    await(queues().seek(SeekGroup.last(ORDERS, "last")));
    await(queues().seek(SeekGroup.at(ORDERS, "at", MessageIds.time(QueueFields.number(second)))));
    sendAll("c");
    assertThat(bodies(receive(ReceiveMessages.of(ORDERS, 10).as("first"))))
        .containsExactly("a", "b", "c");
    assertThat(bodies(receive(ReceiveMessages.of(ORDERS, 10).as("at")))).containsExactly("b", "c");
    assertThat(bodies(receive(ReceiveMessages.of(ORDERS, 10).as("last")))).containsExactly("c");
    await(queues().removeGroup(ORDERS, "first"));
    await(queues().removeGroup(ORDERS, "last"));
    await(queues().removeGroup(ORDERS, "at"));
    assertThat(refused(() -> await(queues().removeGroup(ORDERS, "default"))))
        .isEqualTo(FailureCode.CONFLICT);
    assertThat(bodies(receive(10))).containsExactly("a", "b", "c");
  }

  @Test
  void replaysWhatIsKept() {
    define(ORDERS, "{'keepMs': 60000}");
    sendAll("a", "b");
    List<ReceivedMessage> messages = receive(10);
    messages.forEach(message -> settle(Settlement.ack(message.receipt())));
    assertThat(receive(10)).isEmpty();
    await(queues().seek(SeekGroup.first(ORDERS, "default")));
    List<ReceivedMessage> again = receive(10);
    assertThat(bodies(again)).containsExactly("a", "b");
    assertThat(refusedSettlement(Settlement.ack(messages.get(0).receipt())))
        .isEqualTo(FailureCode.FENCED);
    settle(Settlement.ack(again.get(0).receipt()));
    letTimePass(Duration.ofMinutes(1));
    eventually(() -> assertThat(await(queues().get(ORDERS)).messages()).isEqualTo(1));
    assertThat(bodies(receiveSoon(ORDERS))).containsExactly("b");
  }

  @Test
  void givesAMessageUpAfterItsLastAttempt() {
    define(ORDERS, "{'maxAttempts': 2}");
    String id = send(ORDERS, NewMessage.of("a").with(Map.of("mine", "1")).keyed("k"));
    settle(Settlement.nack(receiveOne().receipt(), Duration.ZERO, "first"));
    ReceivedMessage last = receiveSoon(ORDERS).get(0);
    assertThat(settle(Settlement.nack(last.receipt(), Duration.ZERO, "broken pipe")).result())
        .isEqualTo(Settled.Result.DEAD);
    assertThat(await(queues().get(ORDERS)).messages()).isZero();
    Message dead = receive(ReceiveMessages.of("orders.dead", 1)).get(0).message();
    assertThat(text(dead)).isEqualTo("a");
    assertThat(dead.headers())
        .containsEntry("mine", "1")
        .containsEntry("x-dead-queue", ORDERS)
        .containsEntry("x-dead-group", "default")
        .containsEntry("x-dead-reason", "broken pipe")
        .containsEntry("x-dead-attempts", "2")
        .containsEntry("x-dead-id", id)
        .containsKeys("x-dead-sent-at", "x-dead-at", "x-dead-first-received-at");
  }

  @Test
  void givesUpWhatIsNeverSettled() {
    define(ORDERS, "{'maxAttempts': 1, 'deadLetter': 'graveyard'}");
    sendAll("a");
    receiveOne();
    letTimePass(VISIBILITY);
    eventually(() -> assertThat(await(queues().get(ORDERS)).messages()).isZero());
    ReceivedMessage dead = receive(ReceiveMessages.of("graveyard", 1)).get(0);
    assertThat(dead.message().headers()).containsEntry("x-dead-reason", "not settled in time");
  }

  @Test
  void removesWhatIsGivenUpWhereThereAreNoDeadLetters() {
    define(ORDERS, "{'deadLetter': ''}");
    sendAll("a");
    assertThat(settle(Settlement.reject(receiveOne().receipt(), "nonsense")).result())
        .isEqualTo(Settled.Result.DEAD);
    assertThat(await(queues().get(ORDERS)).messages()).isZero();
  }

  private void bury(String... reasons) {
    for (String reason : reasons) {
      send(ORDERS, NewMessage.of(reason).with(Map.of("for", reason)));
      settle(Settlement.reject(receiveOne().receipt(), reason));
    }
  }

  private static Redrive redrive(String json) {
    JsonObject request = new JsonObject(json.replace('\'', '"')).put("queue", "orders.dead");
    return Redrive.from(Fields.of(request));
  }

  @Test
  void movesDeadLettersBackThatTheFilterLetsThrough() {
    bury("timeout one", "timeout two", "nonsense");
    RedriveState preview =
        await(queues().redrive(redrive("{'reason': 'timeout', 'preview': true}")));
    assertThat(preview.matched()).isEqualTo(2);
    assertThat(preview.samples()).hasSize(2);
    assertThat(preview.moved()).isZero();
    await(queues().redrive(redrive("{'reason': 'timeout', 'rate': 10000}")));
    eventually(
        () ->
            assertThat(await(queues().redriveState("orders.dead")).status())
                .isEqualTo(RedriveState.Status.DONE));
    RedriveState done = await(queues().redriveState("orders.dead"));
    assertThat(done.examined()).isEqualTo(3);
    assertThat(done.moved()).isEqualTo(2);
    List<ReceivedMessage> back = receive(10);
    assertThat(bodies(back)).containsExactly("timeout one", "timeout two");
    assertThat(back.get(0).message().headers()).isEqualTo(Map.of("for", "timeout one"));
    assertThat(back.get(0).attempts()).isEqualTo(1);
    await(queues().redrive(redrive("{'to': 'orders', 'headers': {'for': 'nonsense'}, 'rate': 1}")));
    eventually(() -> assertThat(bodies(receive(10))).containsExactly("nonsense"));
    assertThat(await(queues().get("orders.dead")).messages()).isZero();
  }

  @Test
  void removesDeadLettersAndWhatIsMovedBackWhenTheRetentionOfTheirQueueIsOver() {
    define("orders.dead", "{'retentionMs': 60000}");
    bury("a", "b");
    define(ORDERS, "{'retentionMs': 30000}");
    await(queues().redrive(redrive("{'headers': {'for': 'a'}, 'rate': 10000}")));
    eventually(() -> assertThat(await(queues().get(ORDERS)).messages()).isEqualTo(1));
    letTimePass(Duration.ofSeconds(30));
    eventually(() -> assertThat(await(queues().get(ORDERS)).messages()).isZero());
    assertThat(await(queues().get("orders.dead")).messages()).isEqualTo(1);
    letTimePass(Duration.ofSeconds(30));
    eventually(() -> assertThat(await(queues().get("orders.dead")).messages()).isZero());
  }

  @Test
  void leavesWhatIsNoDeadLetterWhereItIs() {
    sendAll("a");
    await(queues().redrive(Redrive.from(Fields.of(new JsonObject().put("queue", ORDERS)))));
    eventually(() -> assertThat(await(queues().redriveState(ORDERS)).failed()).isEqualTo(1));
    assertThat(await(queues().redriveState(ORDERS)).detail())
        .isEqualTo("a message is no dead letter");
    assertThat(bodies(receive(10))).containsExactly("a");
  }

  @Test
  void looksAtMessagesWithoutChangingAnything() {
    sendAll("a", "b", "c");
    MessagePage first = await(queues().peek(new PeekMessages(ORDERS, Optional.empty(), 2)));
    assertThat(first.items().stream().map(QueueContract::text)).containsExactly("a", "b");
    MessagePage rest = await(queues().peek(new PeekMessages(ORDERS, first.next(), 2)));
    assertThat(rest.items().stream().map(QueueContract::text)).containsExactly("c");
    assertThat(rest.next()).isEmpty();
    assertThat(receiveOne().attempts()).isEqualTo(1);
  }

  @Test
  void purgesAndDeletes() {
    sendAll("a", "b");
    String receipt = receiveOne().receipt();
    assertThat(await(queues().purge(ORDERS))).isEqualTo(2);
    assertThat(receive(10)).isEmpty();
    assertThat(refusedSettlement(Settlement.ack(receipt))).isEqualTo(FailureCode.NOT_FOUND);
    sendAll("c");
    await(queues().delete(ORDERS));
    assertThat(refused(() -> receive(1))).isEqualTo(FailureCode.NOT_FOUND);
    assertThat(refused(() -> sendAll("d"))).isEqualTo(FailureCode.NOT_FOUND);
    define(ORDERS, "{}");
    assertThat(receive(10)).isEmpty();
  }

  @Test
  void changesAQueueOnlyAtTheRevisionExpected() {
    QueueView view = await(queues().get(ORDERS));
    DefineQueue stale =
        new DefineQueue(ORDERS, view.definition(), Optional.of(view.revision() - 1));
    assertThat(refused(() -> await(queues().define(stale)))).isEqualTo(FailureCode.STALE);
    DefineQueue good = new DefineQueue(ORDERS, view.definition(), Optional.of(view.revision()));
    assertThat(await(queues().define(good)).revision()).isGreaterThan(view.revision());
    DefineQueue fresh = new DefineQueue(ORDERS, view.definition(), Optional.of(0L));
    assertThat(refused(() -> await(queues().define(fresh)))).isEqualTo(FailureCode.STALE);
  }

  @Test
  void listsQueuesInParts() {
    List<String> names = IntStream.range(0, 5).mapToObj(i -> "list-" + i).toList();
    names.forEach(name -> define(name, "{}"));
    List<String> found = new ArrayList<>();
    Optional<String> cursor = Optional.empty();
    do {
      QueuePage page = await(queues().list(new ListQueues("list-", cursor, 2)));
      page.items().forEach(view -> found.add(view.name()));
      cursor = page.cursor();
    } while (cursor.isPresent());
    assertThat(found).isEqualTo(names);
  }

  @Test
  void answersAReceiverThatWaitsAsSoonAsThereIsAMessage() {
    ReceiveMessages waiting = ReceiveMessages.of(ORDERS, 1).waiting(Duration.ofSeconds(30));
    Future<List<ReceivedMessage>> first =
        queues().receive(waiting, Promise.<Void>promise().future());
    sendAll("a");
    ReceivedMessage message = await(first).get(0);
    Future<List<ReceivedMessage>> second =
        queues().receive(waiting, Promise.<Void>promise().future());
    settle(Settlement.nack(message.receipt(), Duration.ZERO, ""));
    assertThat(await(second).get(0).attempts()).isEqualTo(2);
    ReceiveMessages briefly = ReceiveMessages.of(ORDERS, 1).waiting(Duration.ofMillis(20));
    assertThat(receive(briefly)).isEmpty();
  }

  @Test
  void keepsNothingForAReceiverThatWentAway() {
    Promise<Void> gone = Promise.promise();
    ReceiveMessages waiting = ReceiveMessages.of(ORDERS, 1).waiting(Duration.ofSeconds(30));
    Future<List<ReceivedMessage>> left = queues().receive(waiting, gone.future());
    gone.complete();
    assertThat(await(left)).isEmpty();
    sendAll("a");
    assertThat(receiveSoon(ORDERS)).hasSize(1);
  }
}
