package io.vertebra.queue;

import static io.vertebra.testkit.Waiting.await;
import static io.vertebra.testkit.Waiting.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertebra.api.Fields;
import io.vertebra.api.Kernel;
import io.vertebra.testkit.RedisNode;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The same, kept in Redis. */
final class RedisQueueBusApiTest extends QueueBusApiTest {
  private static RedisQueueRig redis;

  @BeforeAll
  static void startServer() {
    redis = new RedisQueueRig(new RedisNode());
  }

  @AfterAll
  static void stopServer() {
    redis.close();
  }

  @Override
  void open() {
    QueueService unused = redis.deploy(node);
  }

  @AfterEach
  void flush() {
    redis.flush();
  }

  @Test
  void servesTheSubscriptionsOfANodeThatIsGone() {
    Kernel other = new Kernel(node.vertx, "gone", node.clock, new SimpleMeterRegistry(), List.of());
    BackendQueueVerticle gone =
        BackendQueueVerticle.at(
            other, QueueRig.options("{}"), redis.server.service(), node.kv(), node.clock::millis);
    String deployment = await(node.vertx.deployVerticle(gone));
    JsonObject wanted = new JsonObject().put("queue", "orders").put("address", "orders.worker");
    QueueView view = await(gone.service().subscribe(Subscription.from(Fields.of(wanted))));
    assertThat(view.subscriptions()).hasSize(1);
    await(node.vertx.undeploy(deployment));
    List<String> heard = new CopyOnWriteArrayList<>();
    node.vertx
        .eventBus()
        .<JsonObject>consumer(
            "orders.worker",
            message -> {
              heard.add(message.body().getString("body"));
              message.reply(null);
            });
    ask("send", "{'queue': 'orders', 'body': 'a'}");
    node.letTimePass(Duration.ofSeconds(5));
    eventually(() -> assertThat(heard).containsExactly("a"));
  }
}
