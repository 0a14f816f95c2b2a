package io.vertebra.queue;

import static io.vertebra.testkit.Waiting.await;
import static io.vertebra.testkit.Waiting.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertebra.api.Failure;
import io.vertebra.api.FailureCode;
import io.vertebra.api.Fields;
import io.vertebra.kv.Bytes;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.lang.ref.Reference;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** How queues deliver, whatever keeps them. */
public abstract class QueueDeliveryContract extends QueueContract {

  @Test
  void deliversWhatWasSent() {
    NewMessage sent =
        NewMessage.of("{}")
            .keyed("ann")
            .prior(7)
            .dedup("first")
            .with(Map.of("a", "1", "b", ""))
            .living(Duration.ofMinutes(1));
    String id = send(ORDERS, sent);
    ReceivedMessage received = receiveOne();
    Message message = received.message();
    assertThat(message.id()).isEqualTo(id);
    assertThat(text(message)).isEqualTo("{}");
    assertThat(message.key()).contains("ann");
    assertThat(message.priority()).isEqualTo(7);
    assertThat(message.dedupId()).contains("first");
    assertThat(message.headers()).isEqualTo(Map.of("a", "1", "b", ""));
    assertThat(message.contentType()).isEqualTo("text/plain");
    assertThat(message.expiresAt()).contains(message.sentAt().plusSeconds(60));
    assertThat(received.attempts()).isEqualTo(1);
    assertThat(Duration.between(message.sentAt(), received.visibleAt()))
        .isGreaterThanOrEqualTo(VISIBILITY);
    assertThat(receive(1)).isEmpty();
  }

  @Test
  void keepsBodiesOfAnyBytesAndLength() {
    byte[] body = new byte[1 << 20];
    for (int i = 0; i < body.length; i++) {
      body[i] = (byte) (i * 31 + i / 257);
    }
    NewMessage empty = NewMessage.of("");
    NewMessage large =
        new NewMessage(
            Bytes.wrap(body),
            Optional.empty(),
            Optional.empty(),
            4,
            Map.of(),
            "application/octet-stream",
            Optional.empty(),
            Optional.empty(),
            Optional.empty());
    send(ORDERS, empty);
    send(ORDERS, large);
    List<ReceivedMessage> received = receive(2);
    assertThat(received.get(0).message().body()).isEqualTo(Bytes.EMPTY);
    assertThat(received.get(1).message().body()).isEqualTo(Bytes.of(body));
  }

  @Test
  void deliversAgainWhatWasNotSettledInTime() {
    sendAll("a");
    ReceivedMessage first = receiveOne();
    letTimePass(VISIBILITY.minusMillis(1));
    assertThat(receive(1)).isEmpty();
    letTimePass(Duration.ofMillis(1));
    ReceivedMessage second = receiveSoon(ORDERS).get(0);
    assertThat(second.attempts()).isEqualTo(2);
    assertThat(second.firstReceivedAt()).isEqualTo(first.firstReceivedAt());
    assertThat(second.receipt()).isNotEqualTo(first.receipt());
  }

  @Test
  void refusesAReceiptThatALaterDeliverySuperseded() {
    sendAll("a");
    String stale = receiveOne().receipt();
    letTimePass(VISIBILITY);
    String good = receiveSoon(ORDERS).get(0).receipt();
    assertThat(refusedSettlement(Settlement.ack(stale))).isEqualTo(FailureCode.FENCED);
    assertThat(refusedSettlement(Settlement.nack(stale, ""))).isEqualTo(FailureCode.FENCED);
    assertThat(refusedSettlement(Settlement.extend(stale, VISIBILITY)))
        .isEqualTo(FailureCode.FENCED);
    assertThat(settle(Settlement.ack(good)).result()).isEqualTo(Settled.Result.ACKED);
  }

  @Test
  void takesALateAckUntilTheMessageIsDeliveredAgain() {
    sendAll("a");
    String receipt = receiveOne().receipt();
    letTimePass(VISIBILITY.multipliedBy(2));
    eventually(() -> assertThat(group(ORDERS, "default").ready()).isOne());
    assertThat(settle(Settlement.ack(receipt)).result()).isEqualTo(Settled.Result.ACKED);
    assertThat(receive(1)).isEmpty();
  }

  @Test
  void neverDeliversWhatWasAcknowledged() {
    sendAll("a", "b", "c");
    List<ReceivedMessage> messages = receive(10);
    assertThat(bodies(messages)).containsExactly("a", "b", "c");
    settle(Settlement.ack(messages.get(1).receipt()));
    letTimePass(VISIBILITY);
    assertThat(bodies(receiveSoon(ORDERS))).containsExactly("a", "c");
    assertThat(refusedSettlement(Settlement.ack(messages.get(1).receipt())))
        .isEqualTo(FailureCode.NOT_FOUND);
    assertThat(await(queues().get(ORDERS)).messages()).isEqualTo(2);
  }

  @Test
  void letsAReturnedMessageRestAsTheQueueOrTheReceiverSays() {
    define(ORDERS, "{'backoff': {'minMs': 2000, 'maxMs': 3000, 'factor': 2}}");
    sendAll("a");
    settle(Settlement.nack(receiveOne().receipt(), "no"));
    assertThat(group(ORDERS, "default").delayed()).isOne();
    letTimePass(Duration.ofMillis(1_999));
    assertThat(receive(1)).isEmpty();
    letTimePass(Duration.ofMillis(1));
    ReceivedMessage second = receiveSoon(ORDERS).get(0);
    settle(Settlement.nack(second.receipt(), "no"));
    letTimePass(Duration.ofMillis(2_999));
    assertThat(receive(1)).isEmpty();
    letTimePass(Duration.ofMillis(1));
    ReceivedMessage third = receiveSoon(ORDERS).get(0);
    settle(Settlement.nack(third.receipt(), Duration.ZERO, "no"));
    assertThat(receiveSoon(ORDERS).get(0).attempts()).isEqualTo(4);
    assertThat(refusedSettlement(Settlement.ack(third.receipt()))).isEqualTo(FailureCode.FENCED);
  }

  @Test
  void givesAMessageForLonger() {
    sendAll("a");
    ReceivedMessage message = receiveOne();
    letTimePass(VISIBILITY.minusSeconds(1));
    settle(Settlement.extend(message.receipt(), VISIBILITY));
    letTimePass(VISIBILITY.minusSeconds(1));
    assertThat(receive(1)).isEmpty();
    letTimePass(Duration.ofSeconds(1));
    assertThat(receiveSoon(ORDERS)).hasSize(1);
  }

  @Test
  void settlesEachItemForItself() {
    sendAll("a", "b");
    List<ReceivedMessage> messages = receive(2);
    List<Outcome<Settled>> settled =
        await(
            queues()
                .settle(
                    ORDERS,
                    List.of(
                        Settlement.ack(messages.get(0).receipt()),
                        Settlement.ack("nonsense"),
                        Settlement.nack(messages.get(1).receipt(), Duration.ZERO, ""))));
    assertThat(settled.get(0).get().result()).isEqualTo(Settled.Result.ACKED);
    assertThat(settled.get(1).failure()).map(Failure::code).contains(FailureCode.INVALID);
    assertThat(settled.get(2).get().result()).isEqualTo(Settled.Result.RETRIED);
  }

  @Test
  void deliversGreaterPrioritiesFirst() {
    send(ORDERS, NewMessage.of("low").prior(0));
    send(ORDERS, NewMessage.of("usual"));
    send(ORDERS, NewMessage.of("high").prior(9));
    send(ORDERS, NewMessage.of("usual too"));
    assertThat(bodies(receive(10))).containsExactly("high", "usual", "usual too", "low");
  }

  @Test
  void deliversOneMessageOfAKeyAtATimeInOrder() {
    send(ORDERS, NewMessage.of("a1").keyed("a"));
    send(ORDERS, NewMessage.of("a2").keyed("a").prior(9));
    send(ORDERS, NewMessage.of("b1").keyed("b"));
    List<ReceivedMessage> first = receive(10);
    assertThat(bodies(first)).containsExactly("a1", "b1");
    settle(Settlement.nack(first.get(0).receipt(), Duration.ofSeconds(5), "no"));
    assertThat(receive(10)).isEmpty();
    letTimePass(Duration.ofSeconds(5));
    List<ReceivedMessage> again = receiveSoon(ORDERS);
    assertThat(bodies(again)).containsExactly("a1");
    settle(Settlement.ack(again.get(0).receipt()));
    assertThat(bodies(receive(10))).containsExactly("a2");
  }

  @Test
  void letsADelayedMessageOfAKeyTakeItsPlaceWhenItsTimeHasCome() {
    send(ORDERS, NewMessage.of("later").keyed("a").in(Duration.ofSeconds(5)));
    send(ORDERS, NewMessage.of("now").keyed("a"));
    List<ReceivedMessage> first = receive(10);
    assertThat(bodies(first)).containsExactly("now");
    letTimePass(Duration.ofSeconds(5));
    assertThat(receive(10)).isEmpty();
    settle(Settlement.ack(first.get(0).receipt()));
    assertThat(bodies(receiveSoon(ORDERS))).containsExactly("later");
  }

  @Test
  void deliversADelayedMessageInItsTime() {
    send(ORDERS, NewMessage.of("later").in(Duration.ofDays(400)));
    send(ORDERS, NewMessage.of("now"));
    assertThat(bodies(receive(10))).containsExactly("now");
    letTimePass(Duration.ofDays(400).minusMillis(1));
    assertThat(bodies(receiveSoon(ORDERS))).containsExactly("now");
    letTimePass(Duration.ofMillis(1));
    assertThat(bodies(receiveSoon(ORDERS))).containsExactly("later");
  }

  @Test
  void keepsAMessageForTheYear9999UntilThen() {
    Instant late = Instant.parse("9999-12-31T00:00:00Z");
    NewMessage message = NewMessage.from(Fields.of(new JsonObject().put("deliverAt", late)));
    send(ORDERS, message);
    assertThat(receive(10)).isEmpty();
    assertThat(group(ORDERS, "default").delayed()).isOne();
    assertThat(await(queues().peek(PeekMessages.of(ORDERS))).items().get(0).deliverAt())
        .contains(late);
  }

  @Test
  void removesAMessageWhoseTimeIsOver() {
    define("short", "{'retentionMs': 10000}");
    send("short", NewMessage.of("by the queue"));
    send("short", NewMessage.of("by itself").living(Duration.ofSeconds(5)));
    letTimePass(Duration.ofSeconds(5));
    assertThat(bodies(receive(ReceiveMessages.of("short", 10)))).containsExactly("by the queue");
    letTimePass(Duration.ofSeconds(5));
    eventually(() -> assertThat(await(queues().get("short")).messages()).isZero());
    assertThat(await(queues().peek(PeekMessages.of("short"))).items()).isEmpty();
  }

  @Test
  void takesAMessageOfADedupIdOnceWithinTheWindow() {
    NewMessage message = NewMessage.of("a").dedup("id 1");
    String id = send(ORDERS, message);
    List<Outcome<SentMessage>> again =
        await(queues().send(ORDERS, List.of(message, NewMessage.of("b").dedup("id 2"), message)));
    assertThat(again.get(0).get()).isEqualTo(new SentMessage(id, true));
    assertThat(again.get(1).get().duplicate()).isFalse();
    assertThat(again.get(2).get()).isEqualTo(new SentMessage(id, true));
    settle(Settlement.ack(receiveOne().receipt()));
    assertThat(send(ORDERS, message)).isEqualTo(id);
    letTimePass(Duration.ofMinutes(5));
    assertThat(send(ORDERS, message)).isNotEqualTo(id);
    assertThat(bodies(receive(10))).containsExactly("b", "a");
  }

  private WeakReference<ReceivedMessage> waitForOne(Future<Void> gone) {
    Future<List<ReceivedMessage>> waiting =
        queues().receive(ReceiveMessages.of(ORDERS, 1).waiting(Duration.ofSeconds(30)), gone);
    sendAll("a");
    ReceivedMessage received = await(waiting).get(0);
    settle(Settlement.ack(received.receipt()));
    return new WeakReference<>(received);
  }

  @Test
  void keepsNothingOfWaitsThatEndedForACallerThatStays() {
    Future<Void> gone = QueueRig.never();
    List<WeakReference<ReceivedMessage>> received =
        IntStream.range(0, 5).mapToObj(wait -> waitForOne(gone)).toList();
    eventually(
        () -> {
          System.gc();
          assertThat(received).allMatch(each -> each.get() == null);
        });
    Reference.reachabilityFence(gone);
  }
}
