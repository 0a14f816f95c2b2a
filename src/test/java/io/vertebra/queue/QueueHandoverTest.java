package io.vertebra.queue;

import static io.vertebra.testkit.Waiting.await;
import static io.vertebra.testkit.Waiting.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.vertebra.api.Failure;
import io.vertebra.api.FailureCode;
import io.vertebra.testkit.KvNode;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Messages that come while receivers wait. */
final class QueueHandoverTest {
  private static final String QUEUE = "orders";

  private final KvNode node = new KvNode();
  private final FailingKvService kv = new FailingKvService(node.kv());
  private final AtomicInteger lost = new AtomicInteger();
  private OwnedQueueService owner;

  @BeforeEach
  void open() {
    owner = reopen();
    await(owner.define(DefineQueue.of(QUEUE)));
  }

  @AfterEach
  void close() {
    node.close();
  }

  private OwnedQueueService reopen() {
    return QueueRig.own(node, kv, lost::incrementAndGet);
  }

  private static String send(OwnedQueueService to, NewMessage message) {
    return await(to.send(QUEUE, List.of(message))).get(0).get().id();
  }

  private static List<ReceivedMessage> receive(OwnedQueueService from, int max) {
    return await(from.receive(ReceiveMessages.of(QUEUE, max), QueueRig.never()));
  }

  private static Settled settle(OwnedQueueService at, Settlement settlement) {
    return await(at.settle(QUEUE, List.of(settlement))).get(0).get();
  }

  private static Failure refused(Runnable action) {
    return Failure.of(catchThrowable(action::run));
  }

  private static List<String> bodies(List<ReceivedMessage> messages) {
    return messages.stream().map(each -> each.message().body().toString()).toList();
  }

  private Future<List<ReceivedMessage>> waiting(Future<Void> gone) {
    return owner.receive(ReceiveMessages.of(QUEUE, 1).waiting(Duration.ofSeconds(30)), gone);
  }

  @Test
  void givesAMessageToOneWhoWaitsInTheTransactionThatTakesIt() {
    Future<List<ReceivedMessage>> waiting = waiting(QueueRig.never());
    int before = kv.txns();
    String id = send(owner, NewMessage.of("a"));
    ReceivedMessage message = await(waiting).get(0);
    assertThat(kv.txns() - before).isEqualTo(1);
    assertThat(message.message().id()).isEqualTo(id);
    assertThat(message.attempts()).isEqualTo(1);
    OwnedQueueService next = reopen();
    assertThat(receive(next, 1)).isEmpty();
    assertThat(settle(next, Settlement.ack(message.receipt())).result())
        .isEqualTo(Settled.Result.ACKED);
  }

  @Test
  void deliversAgainWhatWasGivenThatWayAndNotSettled() {
    Future<List<ReceivedMessage>> waiting = waiting(QueueRig.never());
    send(owner, NewMessage.of("a"));
    String superseded = await(waiting).get(0).receipt();
    node.letTimePass(Duration.ofMinutes(1));
    eventually(() -> assertThat(receive(owner, 1)).first().matches(each -> each.attempts() == 2));
    Settlement late = Settlement.ack(superseded);
    assertThat(await(owner.settle(QUEUE, List.of(late))).get(0).failure().get().code())
        .isEqualTo(FailureCode.FENCED);
  }

  @Test
  void hasAReceiverWaitOnIfItsMessageIsRefused() {
    Future<List<ReceivedMessage>> waiting = waiting(QueueRig.never());
    kv.refuse(FailureCode.UNAVAILABLE);
    assertThat(refused(() -> send(owner, NewMessage.of("a"))).code())
        .isEqualTo(FailureCode.UNAVAILABLE);
    kv.heal();
    send(owner, NewMessage.of("b"));
    assertThat(bodies(await(waiting))).containsExactly("b");
  }

  @Test
  void endsTheWaitOfAReceiverThatLeftBeforeItsMessageWasRefused() {
    Promise<Void> gone = Promise.promise();
    Future<List<ReceivedMessage>> waiting = waiting(gone.future());
    kv.hold();
    Future<?> send = owner.send(QUEUE, List.of(NewMessage.of("a")));
    eventually(() -> assertThat(kv.held()).isPositive());
    gone.complete();
    kv.refuse(FailureCode.UNAVAILABLE);
    assertThat(await(waiting)).isEmpty();
    await(send);
  }

  @Test
  void hasOthersReceiveWhatCameForOneWhoLeft() {
    Promise<Void> gone = Promise.promise();
    Future<List<ReceivedMessage>> waiting = waiting(gone.future());
    kv.hold();
    Future<?> send = owner.send(QUEUE, List.of(NewMessage.of("a")));
    eventually(() -> assertThat(kv.held()).isPositive());
    gone.complete();
    kv.heal();
    await(send);
    await(waiting);
    eventually(() -> assertThat(receive(owner, 1)).first().matches(each -> each.attempts() == 1));
  }

  @Test
  void letsNoMessageOvertakeOneThatIsOnItsWay() {
    kv.hold();
    Future<?> first = owner.send(QUEUE, List.of(NewMessage.of("first")));
    eventually(() -> assertThat(kv.held()).isEqualTo(1));
    Future<List<ReceivedMessage>> waiting = waiting(QueueRig.never());
    Future<?> second = owner.send(QUEUE, List.of(NewMessage.of("second")));
    eventually(() -> assertThat(kv.held()).isEqualTo(2));
    kv.heal();
    await(Future.all(first, second));
    assertThat(bodies(await(waiting))).containsExactly("first");
    assertThat(bodies(receive(owner, 10))).containsExactly("second");
  }

  @Test
  void givesWhatComesTogetherToOneReceiverIfItWantsThatMany() {
    ReceiveMessages three = ReceiveMessages.of(QUEUE, 3).waiting(Duration.ofSeconds(30));
    Future<List<ReceivedMessage>> first = owner.receive(three, QueueRig.never());
    Future<List<ReceivedMessage>> second = owner.receive(three, QueueRig.never());
    List<NewMessage> four =
        Stream.of("a", "b", "c", "d").map(key -> NewMessage.of(key).keyed(key)).toList();
    await(owner.send(QUEUE, four));
    assertThat(bodies(await(first))).containsExactly("a", "b", "c");
    assertThat(bodies(await(second))).containsExactly("d");
  }
}
