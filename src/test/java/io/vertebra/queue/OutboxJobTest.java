package io.vertebra.queue;

import static io.vertebra.testkit.Waiting.await;
import static io.vertebra.testkit.Waiting.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertebra.api.Failure;
import io.vertebra.api.FailureCode;
import io.vertebra.kv.OutboxJson;
import io.vertebra.kv.Txn;
import io.vertebra.testkit.KvNode;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class OutboxJobTest {
  private final KvNode node = new KvNode();
  private final FailingKvService kv = new FailingKvService(node.kv());
  private final AtomicInteger sent = new AtomicInteger();

  @AfterEach
  void close() {
    node.close();
  }

  /** Queues that go to another owner, with the lead of the store, at the first message. */
  private final class LostQueueService extends AskingQueueService {
    @Override
    <T> Future<T> ask(Function<QueueService, Future<T>> call) {
      sent.incrementAndGet();
      kv.resign();
      return Failure.future(FailureCode.UNAVAILABLE, "lost on cue");
    }
  }

  private void post(String queue) {
    OutboxJson.Letter letter = new OutboxJson.Letter(queue, new JsonObject().put("body", "a"));
    await(node.kv().txn(Txn.of(OutboxJson.step(List.of(letter)))));
  }

  @Test
  void sendsNothingMoreWhereTheStoreIsLedNoMore() {
    post("first");
    post("second");
    OutboxJob outbox = new OutboxJob(node.kernel, kv, new LostQueueService(), System::nanoTime);
    Context context = node.vertx.getOrCreateContext();
    context.runOnContext(now -> outbox.start());
    eventually(() -> assertThat(sent).hasPositiveValue());
    Promise<Void> after = Promise.promise();
    context.runOnContext(now -> after.complete());
    await(after.future());
    assertThat(sent).hasValue(1);
    context.runOnContext(now -> outbox.stop());
  }
}
