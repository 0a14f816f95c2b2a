package io.vertebra.queue;

import static io.vertebra.testkit.Waiting.await;
import static io.vertebra.testkit.Waiting.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.vertebra.api.Failure;
import io.vertebra.api.FailureCode;
import io.vertebra.api.Fields;
import io.vertebra.kv.Bytes;
import io.vertebra.kv.KeyRange;
import io.vertebra.kv.KvEntry;
import io.vertebra.kv.Op;
import io.vertebra.kv.RangeRequest;
import io.vertebra.kv.Txn;
import io.vertebra.testkit.KvNode;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class OwnedQueueServiceTest {
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

  private List<KvEntry> entries() {
    KeyRange all = KeyRange.prefix(Bytes.utf8("\0queue/"));
    return await(node.kv().range(RangeRequest.all(all))).entries();
  }

  @Test
  void keepsAllOfItForTheNextOwner() {
    for (String body : List.of("acked", "given", "returned", "ready", "keyed")) {
      send(owner, NewMessage.of(body).keyed(body));
    }
    String dedup = send(owner, NewMessage.of("later").dedup("once").in(Duration.ofHours(1)));
    List<ReceivedMessage> messages = receive(owner, 3);
    settle(owner, Settlement.ack(messages.get(0).receipt()));
    settle(owner, Settlement.nack(messages.get(2).receipt(), Duration.ofMinutes(1), "no"));
    send(owner, NewMessage.of("behind").keyed("given"));

    OwnedQueueService next = reopen();
    assertThat(bodies(receive(next, 10))).containsExactly("ready", "keyed");
    assertThat(send(next, NewMessage.of("x").dedup("once"))).isEqualTo(dedup);
    settle(next, Settlement.ack(messages.get(1).receipt()));
    assertThat(bodies(receive(next, 10))).containsExactly("behind");
    node.letTimePass(Duration.ofMinutes(1));
    List<ReceivedMessage> due = new ArrayList<>();
    eventually(
        () -> {
          due.addAll(receive(next, 10));
          assertThat(bodies(due)).containsExactlyInAnyOrder("returned", "ready", "keyed", "behind");
        });
    assertThat(due.stream().filter(each -> bodies(List.of(each)).contains("returned")).findFirst())
        .map(ReceivedMessage::attempts)
        .contains(2);
  }

  @Test
  void refusesWhatAnOwnerDoesAfterAnotherOneTookOver() {
    send(owner, NewMessage.of("a"));
    String receipt = receive(owner, 1).get(0).receipt();
    OwnedQueueService next = reopen();
    assertThat(CommitJob.isMoved(refused(() -> settle(owner, Settlement.ack(receipt))))).isTrue();
    eventually(() -> assertThat(lost).hasValue(1));
    assertThat(CommitJob.isMoved(refused(() -> send(owner, NewMessage.of("b"))))).isTrue();
    assertThat(settle(next, Settlement.ack(receipt)).result()).isEqualTo(Settled.Result.ACKED);
    assertThat(receive(next, 10)).isEmpty();
  }

  @Test
  void endsTheWaitOfReceiversWhenAnotherOneTookOver() {
    ReceiveMessages patient = ReceiveMessages.of(QUEUE, 1).waiting(Duration.ofSeconds(30));
    Future<List<ReceivedMessage>> waiting = owner.receive(patient, QueueRig.never());
    OwnedQueueService next = reopen();
    Future<?> send = owner.send(QUEUE, List.of(NewMessage.of("a")));
    assertThat(CommitJob.isMoved(refused(() -> await(waiting)))).isTrue();
    await(send);
    assertThat(receive(next, 1)).isEmpty();
  }

  @Test
  void givesNoIdTwiceEvenIfTheClockOfTheNextOwnerIsBehind() {
    List<String> ids = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      ids.add(send(owner, NewMessage.of("a")));
      node.clock.advance(Duration.ofSeconds(-30));
      owner = reopen();
      ids.add(send(owner, NewMessage.of("b")));
    }
    assertThat(ids).isSorted().doesNotHaveDuplicates();
  }

  @Test
  void callsNothingADuplicateOnceItIsNotTheOwner() {
    NewMessage message = NewMessage.of("a").dedup("order-17");
    String id = send(owner, message);
    assertThat(send(owner, message)).isEqualTo(id);
    OwnedQueueService next = reopen();
    assertThat(CommitJob.isMoved(refused(() -> send(owner, message)))).isTrue();
    assertThat(send(next, message)).isEqualTo(id);
  }

  @Test
  void undoesWhatTheStoreRefused() {
    send(owner, NewMessage.of("a"));
    kv.refuse(FailureCode.UNAVAILABLE);
    assertThat(refused(() -> receive(owner, 1)).code()).isEqualTo(FailureCode.UNAVAILABLE);
    assertThat(refused(() -> send(owner, NewMessage.of("b").dedup("d"))).code())
        .isEqualTo(FailureCode.UNAVAILABLE);
    kv.heal();
    ReceivedMessage message = receive(owner, 10).get(0);
    assertThat(message.attempts()).isEqualTo(1);
    kv.refuse(FailureCode.UNAVAILABLE);
    assertThat(refused(() -> settle(owner, Settlement.ack(message.receipt()))).code())
        .isEqualTo(FailureCode.UNAVAILABLE);
    kv.heal();
    settle(owner, Settlement.ack(message.receipt()));
    assertThat(lost).hasValue(0);
    assertThat(send(owner, NewMessage.of("b").dedup("d"))).isNotEmpty();
    assertThat(bodies(receive(owner, 10))).containsExactly("b");
  }

  private FailureCode refused(OwnedQueueService at, Settlement settlement) {
    return await(at.settle(QUEUE, List.of(settlement))).get(0).failure().get().code();
  }

  @Test
  void callsNothingGoneBeforeTheStoreHasIt() {
    send(owner, NewMessage.of("a"));
    Settlement ack = Settlement.ack(receive(owner, 1).get(0).receipt());
    kv.hold();
    Future<?> first = owner.settle(QUEUE, List.of(ack));
    eventually(() -> assertThat(kv.held()).isPositive());
    assertThat(refused(owner, ack)).isEqualTo(FailureCode.CONFLICT);
    kv.heal();
    await(first);
    assertThat(refused(owner, ack)).isEqualTo(FailureCode.NOT_FOUND);
  }

  @Test
  void callsAMessageThatExpiresGoneWhenTheStoreHasIt() {
    send(owner, NewMessage.of("a").living(Duration.ofSeconds(1)));
    Settlement ack = Settlement.ack(receive(owner, 1).get(0).receipt());
    kv.hold();
    node.letTimePass(Duration.ofSeconds(1));
    eventually(() -> assertThat(kv.held()).isPositive());
    assertThat(refused(owner, ack)).isEqualTo(FailureCode.CONFLICT);
    kv.heal();
    eventually(() -> assertThat(refused(owner, ack)).isEqualTo(FailureCode.NOT_FOUND));
  }

  @Test
  void doesNotSpeakForTheNextOwnerOfMessagesThatItDoesNotKnow() {
    OwnedQueueService next = reopen();
    send(next, NewMessage.of("a"));
    Settlement ack = Settlement.ack(receive(next, 1).get(0).receipt());
    assertThat(refused(owner, ack)).isEqualTo(FailureCode.UNAVAILABLE);
    assertThat(lost).hasValue(1);
    assertThat(settle(next, ack).result()).isEqualTo(Settled.Result.ACKED);
  }

  @Test
  void beginsAnewAfterAnOutcomeThatIsNotKnown() {
    kv.loseAnswers();
    assertThat(refused(() -> send(owner, NewMessage.of("done all the same"))).code())
        .isEqualTo(FailureCode.TIMEOUT);
    kv.heal();
    assertThat(lost).hasValue(1);
    assertThat(CommitJob.isMoved(refused(() -> receive(owner, 1)))).isTrue();
    assertThat(bodies(receive(reopen(), 1))).containsExactly("done all the same");
  }

  @Test
  void goesOnAfterAMessageThatIsTooLargeForTheStore() {
    kv.refuse(FailureCode.TOO_LARGE);
    assertThat(refused(() -> send(owner, NewMessage.of("large"))).code())
        .isEqualTo(FailureCode.TOO_LARGE);
    kv.heal();
    send(owner, NewMessage.of("small"));
    assertThat(bodies(receive(owner, 10))).containsExactly("small");
    assertThat(lost).hasValue(0);
  }

  @Test
  void forgetsDedupIdsInTimeWhateverTheirOrderInTheStore() {
    String few = "{'maxDedupIds': 2}";
    OwnedQueueService first = QueueRig.own(node, kv, few, lost::incrementAndGet);
    send(first, NewMessage.of("a").dedup("second in the store"));
    node.letTimePass(Duration.ofMinutes(4));
    send(first, NewMessage.of("b").dedup("first in the store"));
    OwnedQueueService next = QueueRig.own(node, kv, few, lost::incrementAndGet);
    node.letTimePass(Duration.ofMinutes(1));
    eventually(() -> assertThat(send(next, NewMessage.of("c").dedup("new"))).isNotEmpty());
  }

  private List<KvEntry> deliveries() {
    return entries().stream()
        .filter(each -> each.key().startsWith(Bytes.utf8("\0queue/m")))
        .filter(each -> !QueueKeys.isMessage(each.key()))
        .toList();
  }

  private static List<ReceivedMessage> receiveOf(OwnedQueueService from, String group) {
    ReceiveMessages request = ReceiveMessages.of(QUEUE, 10).as(group);
    return await(from.receive(request, QueueRig.never()));
  }

  @Test
  void takesAcksOfEachGroupWhenTheStoreIsFull() {
    await(owner.seek(SeekGroup.first(QUEUE, "audit")));
    send(owner, NewMessage.of("a"));
    ReceivedMessage message = receive(owner, 1).get(0);
    kv.refuseWrites();
    assertThat(settle(owner, Settlement.ack(message.receipt())).result())
        .isEqualTo(Settled.Result.ACKED);
    kv.heal();
    assertThat(deliveries()).hasSize(1);
    OwnedQueueService next = reopen();
    node.letTimePass(Duration.ofMinutes(1));
    ReceivedMessage other = receiveOf(next, "audit").get(0);
    assertThat(receive(next, 1)).isEmpty();
    settle(next, Settlement.ack(other.receipt()));
    eventually(() -> assertThat(await(next.get(QUEUE)).messages()).isZero());
    assertThat(deliveries()).isEmpty();
  }

  @Test
  void knowsWhatWasAcknowledgedInTheFormOfBefore() {
    await(owner.seek(SeekGroup.first(QUEUE, "audit")));
    send(owner, NewMessage.of("a"));
    settle(owner, Settlement.ack(receive(owner, 1).get(0).receipt()));
    Bytes mark = deliveries().get(0).key();
    StoredDelivery acked = new StoredDelivery(StoredDelivery.State.ACKED, 1, 0, 0, 7, "");
    Bytes key = Bytes.wrap(Arrays.copyOf(mark.toArray(), mark.length() - 1));
    await(node.kv().txn(Txn.of(Op.delete(mark), Op.put(key, acked.encode()))));
    OwnedQueueService next = reopen();
    assertThat(receive(next, 1)).isEmpty();
    assertThat(receiveOf(next, "audit")).hasSize(1);
  }

  @Test
  void stillTakesAcksWhenTheStoreIsFull() {
    send(owner, NewMessage.of("a"));
    send(owner, NewMessage.of("b"));
    List<ReceivedMessage> messages = receive(owner, 2);
    kv.refuseWrites();
    Future<List<Outcome<SentMessage>>> sent = owner.send(QUEUE, List.of(NewMessage.of("c")));
    Future<List<Outcome<Settled>>> acked =
        owner.settle(QUEUE, List.of(Settlement.ack(messages.get(0).receipt())));
    assertThat(await(sent).get(0).failure()).map(Failure::code).contains(FailureCode.UNAVAILABLE);
    assertThat(await(acked).get(0).get().result()).isEqualTo(Settled.Result.ACKED);
    await(owner.delete(QUEUE));
    kv.heal();
    assertThat(await(reopen().list(ListQueues.all())).items()).isEmpty();
  }

  private void keepFor(int seconds) {
    JsonObject json = new JsonObject().put("queue", QUEUE).put("keepMs", seconds * 1_000);
    await(owner.define(DefineQueue.from(Fields.of(json))));
  }

  private void seeMessages(int left) {
    eventually(() -> assertThat(await(owner.get(QUEUE)).messages()).isEqualTo(left));
  }

  private void limit(String json) {
    JsonObject definition = new JsonObject(json.replace('\'', '"')).put("queue", QUEUE);
    await(owner.define(DefineQueue.from(Fields.of(definition))));
  }

  @Test
  void keepsNothingAcknowledgedThoughItsIdIsAheadOfTheClock() {
    send(owner, NewMessage.of("a"));
    node.clock.advance(Duration.ofHours(-1));
    owner = reopen();
    limit("{'maxMessages': 2}");
    send(owner, NewMessage.of("b"));
    receive(owner, 2).forEach(each -> settle(owner, Settlement.ack(each.receipt())));
    assertThat(await(owner.get(QUEUE)).messages()).isZero();
  }

  @Test
  void makesRoomOfWhatIsNotKeptForReplayAnyMore() {
    limit("{'maxMessages': 1, 'keepMs': 60000}");
    send(owner, NewMessage.of("a"));
    settle(owner, Settlement.ack(receive(owner, 1).get(0).receipt()));
    limit("{'maxMessages': 1}");
    assertThat(send(owner, NewMessage.of("b"))).isNotEmpty();
  }

  @Test
  void dropsAnyNumberOfTheOldest() {
    await(owner.send(QUEUE, Collections.nCopies(5_000, NewMessage.of("old"))));
    limit("{'maxMessages': 3, 'onFull': 'drop-oldest'}");
    send(owner, NewMessage.of("new"));
    seeMessages(3);
    assertThat(bodies(receive(owner, 10))).containsExactly("old", "old", "new");
    assertThat(bodies(receive(reopen(), 10))).isEmpty();
    assertThat(lost).hasValue(0);
  }

  @Test
  void removesLaterWhatTheStoreRefusedToRemove() {
    keepFor(60);
    send(owner, NewMessage.of("a"));
    settle(owner, Settlement.ack(receive(owner, 1).get(0).receipt()));
    int before = kv.txns();
    kv.refuse(FailureCode.UNAVAILABLE);
    node.letTimePass(Duration.ofMinutes(1));
    eventually(() -> assertThat(kv.txns()).isGreaterThan(before));
    kv.heal();
    seeMessages(0);
  }

  @Test
  void removesWhatIsKeptForLongerThanBefore() {
    keepFor(60);
    send(owner, NewMessage.of("a"));
    send(owner, NewMessage.of("b"));
    List<ReceivedMessage> messages = receive(owner, 2);
    settle(owner, Settlement.ack(messages.get(1).receipt()));
    node.letTimePass(Duration.ofMinutes(1));
    seeMessages(1);
    keepFor(600);
    settle(owner, Settlement.ack(messages.get(0).receipt()));
    seeMessages(1);
    node.letTimePass(Duration.ofMinutes(10));
    seeMessages(0);
  }

  @Test
  void leavesNothingBehind() {
    Set<Bytes> before = entries().stream().map(KvEntry::key).collect(Collectors.toSet());
    for (int i = 0; i < 50; i++) {
      send(owner, NewMessage.of("a").keyed("k" + i % 3).dedup("d" + i));
    }
    for (List<ReceivedMessage> some = receive(owner, 100);
        !some.isEmpty();
        some = receive(owner, 100)) {
      some.forEach(message -> settle(owner, Settlement.ack(message.receipt())));
    }
    send(owner, NewMessage.of("expires").living(Duration.ofSeconds(1)));
    node.letTimePass(Duration.ofMinutes(6));
    eventually(
        () ->
            assertThat(entries().stream().map(KvEntry::key).collect(Collectors.toSet()))
                .isEqualTo(before));
    send(owner, NewMessage.of("purged").dedup("p"));
    await(owner.purge(QUEUE));
    send(owner, NewMessage.of("deleted").dedup("p"));
    await(owner.delete(QUEUE));
    eventually(
        () ->
            assertThat(entries().stream().map(KvEntry::key))
                .containsExactlyInAnyOrder(QueueKeys.OWNER, QueueKeys.CEILING));
  }

  @Test
  void previewsTheRedriveOfAnyNumberOfMessages() {
    int many = 10_000;
    await(owner.send(QUEUE, Collections.nCopies(many, NewMessage.of("dead"))));
    Redrive preview = new Redrive(QUEUE, Optional.of("elsewhere"), Redrive.Filter.ALL, 100, true);
    RedriveState state = await(owner.redrive(preview));
    assertThat(state.matched()).isEqualTo(many);
    assertThat(state.samples()).hasSize(RedriveState.MAX_SAMPLES);
    assertThat(await(owner.purge(QUEUE))).isEqualTo(many);
  }

  @Test
  void refusesMoreQueuesGroupsAndWaitersThanTheOptionsSay() {
    OwnedQueueService strict =
        QueueRig.own(
            node,
            kv,
            "{'maxQueues': 1, 'maxGroups': 1, 'maxWaiting': 0, 'maxMessageBytes': 3, "
                + "'maxDedupIds': 1}",
            lost::incrementAndGet);
    assertThat(refused(() -> await(strict.define(DefineQueue.of("second")))).code())
        .isEqualTo(FailureCode.LIMITED);
    assertThat(refused(() -> await(strict.seek(SeekGroup.first(QUEUE, "second")))).code())
        .isEqualTo(FailureCode.LIMITED);
    assertThat(refused(() -> send(strict, NewMessage.of("long"))).code())
        .isEqualTo(FailureCode.TOO_LARGE);
    ReceiveMessages patient = ReceiveMessages.of(QUEUE, 1).waiting(Duration.ofSeconds(30));
    assertThat(refused(() -> await(strict.receive(patient, QueueRig.never()))).code())
        .isEqualTo(FailureCode.UNAVAILABLE);
    send(strict, NewMessage.of("a").dedup("1"));
    assertThat(refused(() -> send(strict, NewMessage.of("b").dedup("2"))).code())
        .isEqualTo(FailureCode.LIMITED);
  }

  @Test
  void makesAQueueByAMessageOnlyIfTheOptionsSaySo() {
    assertThat(refused(() -> await(owner.send("new", List.of(NewMessage.of("a"))))).code())
        .isEqualTo(FailureCode.NOT_FOUND);
    OwnedQueueService generous =
        QueueRig.own(node, kv, "{'autoCreate': true}", lost::incrementAndGet);
    await(generous.send("new", List.of(NewMessage.of("a"))));
    assertThat(await(generous.get("new")).messages()).isOne();
  }
}
