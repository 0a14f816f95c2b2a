package io.vertebra.queue;

import static io.vertebra.testkit.Waiting.await;
import static io.vertebra.testkit.Waiting.eventually;
import static io.vertebra.testkit.Waiting.within;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.vertebra.api.Failure;
import io.vertebra.api.FailureCode;
import io.vertebra.testkit.KafkaNode;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What is of Kafka alone: other programs at the same topics, owners that change, what is kept. */
final class KafkaQueueTest {
  private static final String ORDERS = "orders";
  private static KafkaNode kafka;
  private final KafkaRig rig = new KafkaRig(kafka, new JsonObject().put("maxBuffered", 50));

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

  private static List<ReceivedMessage> receive(QueueService queues, int max) {
    return await(queues.receive(ReceiveMessages.of(ORDERS, max), QueueRig.never()));
  }

  private static Outcome<Settled> settle(QueueService queues, Settlement settlement) {
    return await(queues.settle(ORDERS, List.of(settlement))).get(0);
  }

  private static List<String> bodies(List<ReceivedMessage> messages) {
    return messages.stream().map(each -> each.message().body().toString()).toList();
  }

  private static Properties strings() {
    Properties settings = new Properties();
    settings.put("bootstrap.servers", kafka.address());
    settings.put("key.serializer", StringSerializer.class.getName());
    settings.put("value.serializer", StringSerializer.class.getName());
    settings.put("key.deserializer", StringDeserializer.class.getName());
    settings.put("value.deserializer", StringDeserializer.class.getName());
    settings.put("auto.offset.reset", "earliest");
    return settings;
  }

  @Test
  void receivesWhatAnyProducerWrites() {
    QueueService queues = rig.deploy();
    await(queues.define(DefineQueue.of(ORDERS)));
    try (KafkaProducer<String, String> producer = new KafkaProducer<>(strings())) {
      ProducerRecord<String, String> made = new ProducerRecord<>(ORDERS, "ann", "17 pens");
      made.headers().add("shop", "web".getBytes(StandardCharsets.UTF_8));
      made.headers().add("content-type", "text/csv".getBytes(StandardCharsets.UTF_8));
      var unused = producer.send(made);
      unused = producer.send(new ProducerRecord<>(ORDERS, 0, null, null));
      producer.flush();
    }
    Map<String, ReceivedMessage> found = new HashMap<>();
    eventually(
        () -> {
          receive(queues, 10).forEach(each -> found.put(each.message().body().toString(), each));
          assertThat(found).containsOnlyKeys("17 pens", "");
        });
    Message pens = found.get("17 pens").message();
    assertThat(pens.key()).contains("ann");
    assertThat(pens.headers()).isEqualTo(Map.of("shop", "web"));
    assertThat(pens.contentType()).isEqualTo("text/csv");
    assertThat(pens.priority()).isEqualTo(NewMessage.DEFAULT_PRIORITY);
    for (ReceivedMessage each : found.values()) {
      assertThat(settle(queues, Settlement.ack(each.receipt())).get().result())
          .isEqualTo(Settled.Result.ACKED);
    }
    assertThat(await(queues.get(ORDERS)).messages()).isZero();
  }

  @Test
  void previewsTheRedriveOfAnyNumberOfMessages() {
    int many = 10_000;
    QueueService queues = rig.deploy();
    await(queues.define(DefineQueue.of(ORDERS)));
    try (KafkaProducer<String, String> producer = new KafkaProducer<>(strings())) {
      for (int i = 0; i < many; i++) {
        var unused = producer.send(new ProducerRecord<>(ORDERS, "dead"));
      }
      producer.flush();
    }
    Redrive preview = new Redrive(ORDERS, Optional.of("elsewhere"), Redrive.Filter.ALL, 100, true);
    assertThat(await(queues.redrive(preview)).matched()).isEqualTo(many);
  }

  @Test
  void writesWhatAnyConsumerReads() {
    QueueService queues = rig.deploy();
    await(queues.define(DefineQueue.of(ORDERS)));
    NewMessage message =
        NewMessage.of("17 pens").keyed("ann").with(Map.of("shop", "web")).dedup("once");
    await(queues.send(ORDERS, List.of(message)));
    Properties settings = strings();
    settings.put("group.id", "others");
    settings.put("isolation.level", "read_committed");
    List<ConsumerRecord<String, String>> found = new ArrayList<>();
    try (KafkaConsumer<String, String> consumer = new KafkaConsumer<>(settings)) {
      consumer.subscribe(Set.of(ORDERS));
      eventually(
          () -> {
            consumer.poll(Duration.ofMillis(100)).forEach(found::add);
            assertThat(found).hasSize(1);
          });
    }
    ConsumerRecord<String, String> record = found.get(0);
    assertThat(record.key()).isEqualTo("ann");
    assertThat(record.value()).isEqualTo("17 pens");
    assertThat(header(record, "shop")).isEqualTo("web");
    assertThat(header(record, "content-type")).isEqualTo("text/plain");
    assertThat(bodies(receive(queues, 10))).containsExactly("17 pens");
  }

  @Test
  void givesOutNoIdThatAnOwnerBeforeGaveOut() {
    KafkaQueueService first = rig.own(() -> {});
    await(first.define(DefineQueue.of(ORDERS)));
    rig.node.letTimePass(Duration.ofMinutes(1));
    SentMessage one = await(first.send(ORDERS, List.of(NewMessage.of("1")))).get(0).get();
    String receipt = receive(first, 1).get(0).receipt();
    KafkaQueueService second = rig.own(() -> {});
    SentMessage two = await(second.send(ORDERS, List.of(NewMessage.of("2")))).get(0).get();
    assertThat(two.id()).isGreaterThan(one.id());
    assertThat(receive(second, 10)).hasSize(2).noneMatch(each -> each.receipt().equals(receipt));
    assertThat(settle(second, Settlement.ack(receipt)).failure().get().code())
        .isEqualTo(FailureCode.FENCED);
  }

  @Test
  void callsNothingDoneBeforeItsTransactionIs() {
    KafkaQueueService queues = rig.own(() -> {});
    await(queues.define(DefineQueue.of(ORDERS)));
    await(queues.send(ORDERS, List.of(NewMessage.of("a"))));
    Settlement ack = Settlement.ack(receive(queues, 1).get(0).receipt());
    Future<?> first = queues.settle(ORDERS, List.of(ack));
    FailureCode again = FailureCode.CONFLICT;
    while (again == FailureCode.CONFLICT) {
      again = settle(queues, ack).failure().get().code();
    }
    assertThat(again).isEqualTo(FailureCode.NOT_FOUND);
    assertThat(first.isComplete()).isTrue();
  }

  @Test
  void givesOutNothingWithWhichTheGroupWasDoneAtTheNextOwner() {
    List<String> lost = new ArrayList<>();
    KafkaQueueService first = rig.own(() -> lost.add("first"));
    await(first.define(DefineQueue.of(ORDERS)));
    await(first.send(ORDERS, List.of(NewMessage.of("a"))));
    assertThat(await(first.get(ORDERS)).messages()).isOne();
    ReceiveMessages patient = ReceiveMessages.of(ORDERS, 1).waiting(Duration.ofSeconds(30));
    KafkaQueueService second = rig.own(() -> lost.add("second"));
    settle(second, Settlement.ack(receive(second, 1).get(0).receipt())).get();
    Throwable late = catchThrowable(() -> await(first.receive(patient, QueueRig.never())));
    assertThat(CommitJob.isMoved(late)).isTrue();
    assertThat(lost).containsExactly("first");
  }

  private static String header(ConsumerRecord<String, String> record, String name) {
    return new String(record.headers().lastHeader(name).value(), StandardCharsets.UTF_8);
  }

  @Test
  void showsKafkaHowFarAGroupIs() throws Exception {
    QueueService queues = rig.deploy();
    await(queues.define(DefineQueue.of(ORDERS)));
    await(
        queues.send(ORDERS, List.of(NewMessage.of("a").keyed("k"), NewMessage.of("b").keyed("k"))));
    settle(queues, Settlement.ack(receive(queues, 1).get(0).receipt()));
    try (Admin admin = kafka.admin()) {
      long committed =
          admin
              .listConsumerGroupOffsets(rig.name() + ".default")
              .partitionsToOffsetAndMetadata()
              .get()
              .values()
              .stream()
              .mapToLong(each -> each.offset())
              .sum();
      assertThat(committed).isEqualTo(1);
    }
  }

  @Tag("slow")
  @Test
  void deletesFromKafkaWhatAllGroupsAreDoneWith() {
    QueueService queues = rig.deploy();
    await(queues.define(DefineQueue.of(ORDERS)));
    await(queues.send(ORDERS, numbered(0, 3)));
    settle(queues, Settlement.ack(receive(queues, 1).get(0).receipt()));
    rig.node.letTimePass(Duration.ofSeconds(1));
    Map<TopicPartition, OffsetSpec> wanted =
        Map.of(
            new TopicPartition(ORDERS, 0), OffsetSpec.earliest(),
            new TopicPartition(ORDERS, 1), OffsetSpec.earliest());
    try (Admin admin = kafka.admin()) {
      within(
          Duration.ofSeconds(30),
          () -> {
            var found = admin.listOffsets(wanted).all().toCompletionStage();
            assertThat(await(Future.fromCompletionStage(found)).values())
                .extracting(each -> each.offset())
                .containsExactlyInAnyOrder(0L, 1L);
          });
    }
  }

  @Test
  void leavesATopicThatWasThereBeforeWhenTheQueueIsDeleted() throws Exception {
    QueueService queues = rig.deploy();
    try (Admin admin = kafka.admin()) {
      admin.createTopics(List.of(new NewTopic(ORDERS, 3, (short) 1))).all().get();
      await(queues.define(DefineQueue.of(ORDERS)));
      await(queues.define(DefineQueue.of("made")));
      await(queues.delete(ORDERS));
      await(queues.delete("made"));
      assertThat(admin.listTopics().names().get()).contains(ORDERS).doesNotContain("made");
    }
  }

  @Test
  void fencesTheOwnerBeforeAndLosesNothing() {
    List<String> lost = new ArrayList<>();
    KafkaQueueService first = rig.own(() -> lost.add("first"));
    await(first.define(DefineQueue.of(ORDERS)));
    List<NewMessage> all =
        IntStream.range(0, 20).mapToObj(i -> NewMessage.of("m" + i).dedup("d" + i)).toList();
    await(first.send(ORDERS, all));
    List<ReceivedMessage> given = receive(first, 20);
    assertThat(given).hasSize(20);
    Set<String> acked = new TreeSet<>();
    for (int i = 0; i < 20; i += 3) {
      settle(first, Settlement.ack(given.get(i).receipt())).get();
      acked.add(given.get(i).message().body().toString());
    }

    KafkaQueueService second = rig.own(() -> lost.add("second"));
    Throwable late =
        catchThrowable(() -> settle(first, Settlement.ack(given.get(1).receipt())).get());
    assertThat(CommitJob.isMoved(late)).isTrue();
    eventually(() -> assertThat(lost).containsExactly("first"));
    assertThat(first.isClosed()).isTrue();

    List<ReceivedMessage> again = receive(second, 50);
    Set<String> expected = new TreeSet<>(bodies(given));
    expected.removeAll(acked);
    assertThat(bodies(again)).containsExactlyInAnyOrderElementsOf(expected);
    assertThat(settle(second, Settlement.ack(given.get(1).receipt())).failure().map(Failure::code))
        .contains(FailureCode.FENCED);
    assertThat(settle(second, Settlement.ack(given.get(0).receipt())).failure().map(Failure::code))
        .contains(FailureCode.NOT_FOUND);
    assertThat(await(second.send(ORDERS, all)).stream().allMatch(each -> each.get().duplicate()))
        .isTrue();
    again.forEach(each -> settle(second, Settlement.ack(each.receipt())).get());
    assertThat(await(second.get(ORDERS)).messages()).isZero();
    second.close();
  }

  @Test
  void answersEveryStepThatIsRefusedWhileTheOwnerEnds() {
    await(rig.own(() -> {}).define(DefineQueue.of(ORDERS)));
    byte[] tooLong = new byte[KafkaTopicStore.MAX_RECORD_BYTES + 1];
    KafkaStep step = KafkaStep.write(new ProducerRecord<>(ORDERS, tooLong));
    List<Future<?>> answers = new CopyOnWriteArrayList<>();
    Context context = rig.node.vertx.getOrCreateContext();
    context.runOnContext(
        begun ->
            rig.writer()
                .onSuccess(
                    writer -> {
                      answers.add(writer.commit(step));
                      answers.add(writer.commit(step));
                      context.runOnContext(underWay -> writer.close());
                    }));
    eventually(() -> assertThat(answers).hasSize(2).allMatch(Future::failed));
  }

  private static void refuseRecordsOf(String topic, int bytes) throws Exception {
    ConfigResource about = new ConfigResource(ConfigResource.Type.TOPIC, topic);
    ConfigEntry most = new ConfigEntry("max.message.bytes", Integer.toString(bytes));
    AlterConfigOp set = new AlterConfigOp(most, AlterConfigOp.OpType.SET);
    try (Admin admin = kafka.admin()) {
      admin.incrementalAlterConfigs(Map.of(about, List.of(set))).all().get();
    }
  }

  private static List<NewMessage> numbered(int from, int to) {
    return IntStream.range(from, to).mapToObj(i -> NewMessage.of("m" + i)).toList();
  }

  /** One that is refused has each of the others wait for a transaction of its own. */
  @Test
  void deliversNothingAgainThatWasMovedBeforeItWasRead() throws Exception {
    QueueService queues = rig.deploy();
    await(queues.define(DefineQueue.of(ORDERS)));
    await(queues.define(DefineQueue.of("elsewhere")));
    refuseRecordsOf("elsewhere", 20_000);
    String large = "x".repeat(100_000);
    await(queues.send(ORDERS, List.of(NewMessage.of(large))));
    await(queues.send(ORDERS, numbered(0, 60)));
    assertThat(await(queues.get(ORDERS)).messages()).isEqualTo(61);
    await(queues.send(ORDERS, numbered(60, 100)));
    await(
        queues.redrive(
            new Redrive(ORDERS, Optional.of("elsewhere"), Redrive.Filter.ALL, 10_000, false)));
    within(
        Duration.ofSeconds(20),
        () ->
            assertThat(await(queues.redriveState(ORDERS)).status())
                .isEqualTo(RedriveState.Status.DONE));
    RedriveState done = await(queues.redriveState(ORDERS));
    assertThat(List.of(done.moved(), done.failed())).containsExactly(100L, 1L);
    assertThat(bodies(receive(queues, 100))).containsExactly(large);
  }

  @Test
  void readsNoMoreThanThereIsRoomForAndGoesOnLater() {
    QueueService queues = rig.deploy();
    await(queues.define(DefineQueue.of(ORDERS)));
    for (int batch = 0; batch < 12; batch++) {
      int from = batch * 100;
      await(
          queues.send(
              ORDERS,
              IntStream.range(from, from + 100).mapToObj(i -> NewMessage.of("m" + i)).toList()));
    }
    Set<String> found = new TreeSet<>();
    eventually(
        () -> {
          List<ReceivedMessage> some = receive(queues, 100);
          assertThat(found).doesNotContainAnyElementsOf(bodies(some));
          found.addAll(bodies(some));
          List<Settlement> acks =
              some.stream().map(each -> Settlement.ack(each.receipt())).toList();
          await(queues.settle(ORDERS, acks)).forEach(Outcome::get);
          assertThat(found).hasSize(1_200);
        });
    assertThat(await(queues.get(ORDERS)).messages()).isZero();
  }

  @Test
  void sendsMessagesToAnAddressOfTheBus() {
    QueueService queues = rig.deploy();
    await(queues.define(DefineQueue.of(ORDERS)));
    Set<String> heard = new TreeSet<>();
    rig.node
        .vertx
        .eventBus()
        .<JsonObject>consumer(
            "worker",
            message -> {
              heard.add(message.body().getString("body"));
              message.reply(null);
            });
    await(
        queues.subscribe(
            new Subscription(
                ORDERS, "default", "worker", 4, Duration.ofSeconds(30), Optional.empty())));
    await(queues.send(ORDERS, List.of(NewMessage.of("a"), NewMessage.of("b"))));
    eventually(() -> assertThat(heard).containsExactly("a", "b"));
    eventually(() -> assertThat(await(queues.get(ORDERS)).messages()).isZero());
  }

  @Test
  void saysWhyAHeaderIsRefused() {
    QueueService queues = rig.deploy();
    await(queues.define(DefineQueue.of(ORDERS)));
    NewMessage message = NewMessage.of("a").with(Map.of("vertebra-id", "1"));
    Failure refusal =
        Failure.of(catchThrowable(() -> await(queues.send(ORDERS, List.of(message))).get(0).get()));
    assertThat(refusal.code()).isEqualTo(FailureCode.INVALID);
    assertThat(refusal).hasMessageContaining("/headers");
    assertThat(await(queues.peek(new PeekMessages(ORDERS, Optional.empty(), 10))).items())
        .isEmpty();
  }
}
