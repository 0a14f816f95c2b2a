package io.vertebra.queue;

import static io.vertebra.testkit.Waiting.await;
import static io.vertebra.testkit.Waiting.eventually;
import static io.vertebra.testkit.Waiting.within;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.vertebra.api.Failure;
import io.vertebra.api.FailureCode;
import io.vertebra.api.Fields;
import io.vertebra.kv.Bytes;
import io.vertebra.kv.OutboxJson;
import io.vertebra.kv.RangeRequest;
import io.vertebra.kv.Txn;
import io.vertebra.kv.TxnResult;
import io.vertebra.testkit.KvNode;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class OutboxTest {
  private final KvNode node = new KvNode();
  private final QueueService queues = QueueRig.deploy(node).service();

  @BeforeEach
  void define() {
    await(queues.define(DefineQueue.of("mails")));
  }

  @AfterEach
  void close() {
    node.close();
  }

  private JsonObject order(int expectedVersion, String queue) {
    return await(
        node.callByHttp(
            "kv.txn",
            new JsonObject(
                """
                {"compare": [{"key": "order", "target": "version", "number": %d}],
                 "then": [{"put": {"key": "order", "text": "x"}}],
                 "send": [{"queue": "%s", "message": {"body": "order %d", "key": "ann"}}]}
                """
                    .formatted(expectedVersion, queue, expectedVersion))));
  }

  private List<ReceivedMessage> receive(String queue) {
    return await(
        queues.receive(
            ReceiveMessages.of(queue, 10).waiting(Duration.ofSeconds(2)), QueueRig.never()));
  }

  private int left() {
    return await(node.kv().range(RangeRequest.all(OutboxJson.ALL))).entries().size();
  }

  @Test
  void sendsWhatATransactionSendsIfItsComparesHold() {
    assertThat(order(0, "mails").getBoolean("succeeded")).isTrue();
    assertThat(order(0, "mails").getBoolean("succeeded")).isFalse();
    List<ReceivedMessage> sent = receive("mails");
    assertThat(sent).hasSize(1);
    assertThat(sent.get(0).message().body()).isEqualTo(Bytes.utf8("order 0"));
    assertThat(sent.get(0).message().key()).contains("ann");
    eventually(() -> assertThat(left()).isZero());
    assertThat(await(queues.get("mails")).messages()).isOne();
  }

  @Test
  void refusesMoreThanATransactionCanHold() {
    JsonObject message = new JsonObject().put("body", "x".repeat(300_000));
    JsonObject letter = new JsonObject().put("queue", "mails").put("message", message);
    JsonObject txn = new JsonObject().put("send", List.of(letter, letter));
    assertThat(catchThrowable(() -> await(node.callByHttp("kv.txn", txn))))
        .hasMessage("/send must have at most 524288 bytes in all, as JSON");
  }

  @Test
  void refusesATransactionWhoseMessagesCanBeSentToNoQueue() {
    JsonObject txn =
        new JsonObject(
            """
            {"then": [{"put": {"key": "order", "text": "x"}}],
             "send": [{"queue": "mails", "message": {"body": "a"}},
                      {"queue": "-", "message": {"body": "a", "bodyBase64": "aGk="}},
                      {"queue": "mails", "message": {"priority": 10, "colour": "red"}},
                      {"queue": "mails", "message": {"deliverAt": "soon"}}]}
            """);
    Failure refused = Failure.of(catchThrowable(() -> await(node.callByHttp("kv.txn", txn))));
    assertThat(refused.code()).isEqualTo(FailureCode.INVALID);
    assertThat(refused)
        .hasMessageContaining("/send/1/queue must begin with a letter")
        .hasMessageContaining("/send/1/message/bodyBase64 and body exclude each other")
        .hasMessageContaining("/send/2/message/priority must be")
        .hasMessageContaining("/send/2/message/colour is not known")
        .hasMessageContaining("/send/3/message/deliverAt must be a time");
    assertThat(await(node.kv().get(Bytes.utf8("order")))).isEmpty();
    assertThat(left()).isZero();
  }

  /** Puts a transaction's messages into the outbox. */
  private void post(OutboxJson.Letter... letters) {
    await(node.kv().txn(Txn.of(OutboxJson.step(List.of(letters)))));
  }

  private static OutboxJson.Letter letter(String queue, NewMessage message) {
    return new OutboxJson.Letter(queue, message.toJson());
  }

  private void define(String queue, String definition) {
    JsonObject json = new JsonObject(definition.replace('\'', '"')).put("queue", queue);
    await(queues.define(DefineQueue.from(Fields.of(json))));
  }

  private List<String> bodies(String queue) {
    return receive(queue).stream().map(each -> each.message().body().toString()).toList();
  }

  @Test
  void sendsWhatIsBehindMoreThanItReadsAtOnceThatIsRefused() {
    OutboxJson.Letter nowhere = letter("nowhere", NewMessage.of("a"));
    List<Future<TxnResult>> posted = new ArrayList<>();
    for (int i = 0; i < 1_100; i++) {
      posted.add(node.kv().txn(Txn.of(OutboxJson.step(List.of(nowhere)))));
    }
    await(Future.all(posted));
    post(letter("mails", NewMessage.of("b")));
    assertThat(bodies("mails")).containsExactly("b");
    await(queues.define(DefineQueue.of("nowhere")));
    within(Duration.ofSeconds(30), () -> assertThat(left()).isZero());
    assertThat(await(queues.get("nowhere")).messages()).isEqualTo(1_100);
  }

  @Test
  void letsNothingPassWhatItsQueueRefuses() {
    define("small", "{'maxBytes': 10}");
    await(queues.send("small", List.of(NewMessage.of("123456"))));
    post(letter("small", NewMessage.of("12345")), letter("small", NewMessage.of("1")));
    post(letter("small", NewMessage.of("2")), letter("mails", NewMessage.of("3")));
    assertThat(bodies("mails")).containsExactly("3");
    ReceivedMessage first = receive("small").get(0);
    assertThat(first.message().body()).isEqualTo(Bytes.utf8("123456"));
    await(queues.settle("small", List.of(Settlement.ack(first.receipt())))).get(0).get();
    eventually(() -> assertThat(left()).isZero());
    assertThat(bodies("small")).containsExactly("12345", "1", "2");
    assertThat(await(queues.get("mails")).messages()).isOne();
  }

  @Test
  void hasNothingWaitForWhatCanNeverBeSent() {
    define("small", "{'maxBytes': 10}");
    post(letter("small", NewMessage.of("12345678901")), letter("mails", NewMessage.of("a")));
    post(new OutboxJson.Letter("small", new JsonObject().put("colour", "red")));
    await(node.kv().put(Bytes.utf8("\0queue-outbox/x"), Bytes.utf8("none")));
    post(letter("small", NewMessage.of("b")));
    assertThat(bodies("small")).containsExactly("b");
    assertThat(bodies("mails")).containsExactly("a");
    eventually(() -> assertThat(left()).isEqualTo(3));
  }

  @Test
  void sendsAPartOfATransactionOnceThoughTheQueueRemembersNoDedupIds() {
    define("plain", "{'dedupWindowMs': 0}");
    post(letter("later", NewMessage.of("a")), letter("plain", NewMessage.of("b")));
    assertThat(bodies("plain")).containsExactly("b");
    await(queues.define(DefineQueue.of("later")));
    assertThat(bodies("later")).containsExactly("a");
    eventually(() -> assertThat(left()).isZero());
    assertThat(await(queues.get("plain")).messages()).isOne();
  }

  @Test
  void keepsWhatAQueueRefusesUntilItTakesIt() {
    order(0, "later");
    order(1, "mails");
    assertThat(receive("mails")).hasSize(1);
    eventually(() -> assertThat(left()).isOne());
    await(queues.define(DefineQueue.of("later")));
    assertThat(receive("later")).hasSize(1);
    eventually(() -> assertThat(left()).isZero());
  }
}
