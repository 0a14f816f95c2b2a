package io.vertebra.queue;

import static io.vertebra.testkit.Waiting.await;
import static io.vertebra.testkit.Waiting.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertebra.testkit.KvNode;
import io.vertebra.testkit.RedisNode;
import io.vertx.core.Future;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Response;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Queues whose streams others use as well, by the server's clock. */
final class RedisStreamTest extends QueueContract {
  private static final String STREAM = "{vertebra:queue}:stream:orders";
  private static RedisQueueRig redis;

  private final KvNode node = new KvNode();
  private final QueueService queues = redis.deploy(node, "{}", () -> 0);
  private final QueueService others = redis.deploy(node, "{}", () -> 0);

  @BeforeAll
  static void startServer() {
    redis = new RedisQueueRig(new RedisNode());
  }

  @AfterAll
  static void stopServer() {
    redis.close();
  }

  @AfterEach
  void close() {
    node.close();
    redis.flush();
  }

  @Override
  protected QueueService queues() {
    return queues;
  }

  @Override
  protected void letTimePass(Duration time) {
    throw new UnsupportedOperationException("the clock is the server's");
  }

  @Test
  void deliversWhatOthersPutIntoTheStream() {
    redis.ask(Command.XADD, STREAM, "*", "body", "usual", "shop", "web", "@header:@key", "door");
    redis.ask(
        Command.XADD,
        STREAM,
        "*",
        "body",
        "first",
        "@priority",
        "9",
        "@key",
        "ann",
        "@contentType",
        "text/html");
    redis.ask(Command.XADD, STREAM, "*", "shop", "none", "@priority", "high", "@expiresAt", "soon");
    List<ReceivedMessage> received = receive(10);
    assertThat(bodies(received)).containsExactly("first", "usual", "");
    Message first = received.get(0).message();
    assertThat(first.key()).contains("ann");
    assertThat(first.contentType()).isEqualTo("text/html");
    assertThat(received.get(1).message().headers())
        .isEqualTo(Map.of("shop", "web", "@key", "door"));
    assertThat(received.get(2).message().priority()).isEqualTo(4);
    assertThat(received.get(2).message().expiresAt()).isEmpty();
    received.forEach(message -> settle(Settlement.ack(message.receipt())));
    assertThat(redis.ask(Command.XLEN, STREAM).toInteger()).isZero();
    assertThat(await(queues.get(ORDERS)).bytes()).isZero();
  }

  @Test
  void givesWhatOthersPutIntoTheStreamToAReceiverThatWaits() {
    Future<List<ReceivedMessage>> waiting =
        queues.receive(
            ReceiveMessages.of(ORDERS, 1).waiting(Duration.ofSeconds(30)), QueueRig.never());
    redis.ask(Command.XADD, STREAM, "*", "body", "a");
    assertThat(bodies(await(waiting))).containsExactly("a");
  }

  @Test
  void letsOthersReadTheStreamWithGroupsOfTheirOwn() {
    define(ORDERS, "{'keepMs': 60000}");
    redis.ask(Command.XGROUP, "CREATE", STREAM, "theirs", "0", "MKSTREAM");
    String id =
        send(ORDERS, NewMessage.of("a").keyed("ann").with(Map.of("shop", "web", "body", "x")));
    settle(Settlement.ack(receiveOne().receipt()));
    Response entries =
        redis
            .ask(Command.XREADGROUP, "GROUP", "theirs", "they", "STREAMS", STREAM, ">")
            .get(STREAM);
    assertThat(entries).hasSize(1);
    Response entry = entries.get(0);
    assertThat(entry.get(1).toString()).contains("body", "a", "@key", "ann", "shop", "web");
    assertThat(entry.get(0).toString())
        .isEqualTo(Long.parseLong(id, 0, 11, 16) + "-" + Long.parseLong(id, 11, 16, 16));
    assertThat(redis.ask(Command.XACK, STREAM, "theirs", entry.get(0)).toInteger()).isOne();
    await(queues.purge(ORDERS));
    sendAll("b");
    assertThat(
            redis
                .ask(Command.XREADGROUP, "GROUP", "theirs", "they", "STREAMS", STREAM, ">")
                .get(STREAM))
        .as("the group of others outlives a purge")
        .hasSize(1);
  }

  @Test
  void forgetsWhatOthersRemovedFromTheStream() {
    sendAll("a", "b", "c");
    redis.ask(Command.XTRIM, STREAM, "MAXLEN", "1");
    assertThat(bodies(receive(10))).containsExactly("c");
    QueueView view = await(queues.get(ORDERS));
    assertThat(view.messages()).isOne();
    assertThat(view.bytes()).isOne();
    assertThat(group(ORDERS, "default")).isEqualTo(new GroupView("default", 0, 0, 1));
  }

  @Test
  void givesNoMessageToTwoReceiversOfTwoNodes() {
    int count = 400;
    for (int part = 0; part < count / 100; part++) {
      List<NewMessage> batch =
          IntStream.range(0, 100).mapToObj(i -> NewMessage.of("m").keyed("k" + i)).toList();
      assertThat(await(queues.send(ORDERS, batch))).allMatch(each -> each.failure().isEmpty());
    }
    Set<String> acked = new HashSet<>();
    while (acked.size() < count) {
      List<Future<List<ReceivedMessage>>> receiving =
          IntStream.range(0, 16)
              .mapToObj(
                  i ->
                      (i % 2 == 0 ? queues : others)
                          .receive(ReceiveMessages.of(ORDERS, 7), QueueRig.never()))
              .toList();
      Set<String> keys = new HashSet<>();
      for (Future<List<ReceivedMessage>> each : receiving) {
        for (ReceivedMessage message : await(each)) {
          assertThat(keys.add(message.message().key().orElseThrow())).as("one of a key").isTrue();
          assertThat(acked.add(message.message().id())).as("each once").isTrue();
          Settlement done = Settlement.ack(message.receipt());
          assertThat(await(others.settle(ORDERS, List.of(done))).get(0).failure()).isEmpty();
          keys.remove(message.message().key().orElseThrow());
        }
      }
    }
    assertThat(await(queues.get(ORDERS)).messages()).isZero();
  }

  @Test
  void tellsAReceiverThatWaitsOnAnotherNode() {
    List<Future<List<ReceivedMessage>>> waiting =
        IntStream.range(0, 40)
            .mapToObj(
                i ->
                    others.receive(
                        ReceiveMessages.of(ORDERS, 1).waiting(Duration.ofSeconds(30)),
                        QueueRig.never()))
            .toList();
    sendAll(IntStream.range(0, 40).mapToObj(i -> "m" + i).toArray(String[]::new));
    Set<String> heard = new HashSet<>();
    waiting.forEach(each -> heard.addAll(bodies(await(each))));
    assertThat(heard).hasSize(40);
  }

  @Test
  void catchesUpWithALongStreamInParts() {
    for (int part = 0; part < 25; part++) {
      List<NewMessage> batch =
          IntStream.range(0, 100).mapToObj(i -> NewMessage.of("" + i)).toList();
      await(queues.send(ORDERS, batch));
    }
    await(queues.seek(SeekGroup.first(ORDERS, "audit")));
    Set<String> ids = new HashSet<>();
    eventually(
        () -> {
          receive(ReceiveMessages.of(ORDERS, 100).as("audit"))
              .forEach(message -> ids.add(message.message().id()));
          assertThat(ids).hasSize(2_500);
        });
    assertThat(group(ORDERS, "audit").inFlight()).isEqualTo(2_500);
  }

  @Test
  void removesWhatNoGroupWantsAfterAMove() {
    sendAll("a", "b");
    await(queues.seek(SeekGroup.last(ORDERS, "default")));
    eventually(() -> assertThat(await(queues.get(ORDERS)).messages()).isZero());
    sendAll("c");
    assertThat(bodies(receive(10))).containsExactly("c");
  }

  @Test
  void doesWhatIsDueThoughNobodyAsks() {
    define(ORDERS, "{'maxAttempts': 1, 'visibilityMs': 1000}");
    sendAll("a");
    receiveOne();
    eventually(
        () ->
            assertThat(redis.ask(Command.XLEN, "{vertebra:queue}:stream:orders.dead").toInteger())
                .isOne());
  }
}
