package io.vertebra.queue;

import static io.vertebra.testkit.Waiting.await;
import static io.vertebra.testkit.Waiting.within;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertebra.api.Failure;
import io.vertebra.api.FailureCode;
import io.vertebra.testkit.KvNode;
import io.vertebra.testkit.RedisNode;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A server that writes each answer's effect to its disk first, and is killed. */
final class RedisQueueCrashTest {
  private static final String QUEUE = "orders";
  private static final Duration SHORT = Duration.ofSeconds(1);
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /** Most messages that are sent and not acknowledged. */
  private static final int AHEAD = 50;

  @TempDir Path folder;
  private final KvNode node = new KvNode();
  private final Set<String> sent = ConcurrentHashMap.newKeySet();
  private final Set<String> tried = ConcurrentHashMap.newKeySet();
  private final Set<String> acked = ConcurrentHashMap.newKeySet();
  private final Set<String> wrong = ConcurrentHashMap.newKeySet();
  private final AtomicBoolean sending = new AtomicBoolean(true);
  private final AtomicBoolean receiving = new AtomicBoolean(true);
  private final List<Thread> threads = new ArrayList<>();
  private RedisQueueRig redis;
  private QueueService queues;

  @BeforeEach
  void open() {
    RedisNode server =
        new RedisNode(
            new JsonObject(),
            "--dir",
            folder.toString(),
            "--appendonly",
            "yes",
            "--appendfsync",
            "always");
    redis = new RedisQueueRig(server);
    queues = redis.deploy(node, "{}", () -> 0);
    await(queues.define(DefineQueue.of(QUEUE)));
  }

  @AfterEach
  void close() throws InterruptedException {
    sending.set(false);
    receiving.set(false);
    for (Thread thread : threads) {
      thread.join();
    }
    node.close();
    redis.close();
  }

  @Test
  void losesNothingAcknowledgedAndRepeatsNothingSettledWhenTheServerIsKilled() {
    for (int i = 0; i < 4; i++) {
      String key = "k" + i;
      threads.add(new Thread(() -> repeat(sending, () -> send(key))));
      threads.add(new Thread(() -> repeat(receiving, this::work)));
    }
    threads.forEach(Thread::start);
    for (int round = 0; round < 3; round++) {
      int before = acked.size();
      within(PATIENCE, () -> assertThat(acked.size()).isGreaterThan(before + 50));
      redis.server.kill();
      redis.server.start();
    }
    sending.set(false);
    within(PATIENCE, () -> assertThat(await(queues.get(QUEUE)).messages()).isZero());
    assertThat(tried).as("delivered at least once").containsAll(sent);
    assertThat(wrong).as("delivered after the answer to its ack").isEmpty();
    assertThat(sent).hasSizeGreaterThan(100);
  }

  /** Until told otherwise; what fails since the server is away is tried again. */
  private static void repeat(AtomicBoolean going, Runnable step) {
    while (going.get()) {
      try {
        step.run();
      } catch (RuntimeException away) {
        Failure failure = Failure.of(away);
        assertThat(failure.code())
            .as("%s", failure)
            .isIn(FailureCode.UNAVAILABLE, FailureCode.TIMEOUT);
      }
    }
  }

  private void send(String key) {
    if (sent.size() - acked.size() > AHEAD) {
      LockSupport.parkNanos(1_000_000);
      return;
    }
    NewMessage message = NewMessage.of("m").keyed(key);
    sent.add(await(queues.send(QUEUE, List.of(message))).get(0).get().id());
  }

  private void work() {
    ReceiveMessages request = ReceiveMessages.of(QUEUE, 2).waiting(SHORT).lasting(SHORT);
    Set<String> before = Set.copyOf(acked);
    for (ReceivedMessage message : await(queues.receive(request, QueueRig.never()))) {
      String id = message.message().id();
      if (before.contains(id)) {
        wrong.add(id);
      }
      tried.add(id);
      Settlement done = Settlement.ack(message.receipt());
      if (await(queues.settle(QUEUE, List.of(done))).get(0).failure().isEmpty()) {
        acked.add(id);
      }
    }
  }
}
