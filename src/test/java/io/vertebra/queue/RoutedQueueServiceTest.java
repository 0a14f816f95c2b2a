package io.vertebra.queue;

import static io.vertebra.testkit.Waiting.await;
import static io.vertebra.testkit.Waiting.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertebra.api.Failure;
import io.vertebra.api.FailureCode;
import io.vertebra.api.Fields;
import io.vertebra.testkit.KvNode;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The queues on a node that is not the owner. */
final class RoutedQueueServiceTest {
  private static final String ORDERS = "orders";

  private final KvNode node = new KvNode();
  private final QueueService here = QueueRig.deploy(node).service();
  private final OwnerJob none =
      new OwnerJob(
          node.vertx, node.kv(), lost -> Failure.future(FailureCode.UNAVAILABLE, "is no owner"));
  private final QueueService elsewhere =
      new RoutedQueueService(node.vertx, "n2", none, System::nanoTime);

  @AfterEach
  void close() {
    node.close();
  }

  @Test
  void countsNoDeliveryToAReceiverThatLeft() {
    JsonObject definition = new JsonObject().put("queue", ORDERS).put("maxAttempts", 1);
    await(here.define(DefineQueue.from(Fields.of(definition))));
    await(elsewhere.send(ORDERS, List.of(NewMessage.of("a"))));
    ReceiveMessages request = ReceiveMessages.of(ORDERS, 1);
    assertThat(await(elsewhere.receive(request, Future.succeededFuture()))).hasSize(1);
    eventually(
        () ->
            assertThat(await(here.receive(request, QueueRig.never())))
                .first()
                .matches(each -> each.attempts() == 1));
  }
}
