package io.vertebra.queue;

import static io.vertebra.testkit.Waiting.await;

import io.vertebra.api.Fields;
import io.vertebra.kafka.KafkaOptions;
import io.vertebra.kafka.KafkaVerticle;
import io.vertebra.testkit.KafkaNode;
import io.vertebra.testkit.KvNode;
import io.vertebra.webhook.AllowedHosts;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** A node whose queues are in Kafka, for tests. */
final class KafkaRig implements AutoCloseable {
  private static final AtomicInteger NUMBER = new AtomicInteger();

  final KvNode node = new KvNode();
  private final String name = "test" + NUMBER.incrementAndGet();
  private final KafkaVerticle client;
  private final QueueOptions options;

  /** Ends the owners, of which those before the last may not know that they are none. */
  private final List<Runnable> owners = new ArrayList<>();

  KafkaRig(KafkaNode kafka) {
    this(kafka, new JsonObject());
  }

  /**
   * @param more options of queues in Kafka
   */
  KafkaRig(KafkaNode kafka, JsonObject more) {
    JsonObject json =
        new JsonObject().put("bootstrapServers", new JsonArray().add(kafka.address()));
    client = new KafkaVerticle(node.kernel, KafkaOptions.from(Fields.of(json)), System::nanoTime);
    String unused = await(node.vertx.deployVerticle(client));
    JsonObject wanted = new JsonObject().put("name", name).put("partitions", 2).mergeIn(more);
    options = QueueRig.options(new JsonObject().put("kafka", wanted).encode());
  }

  /** What the groups of Kafka begin with. */
  String name() {
    return name;
  }

  /** The node's queues. */
  QueueService deploy() {
    QueueVerticle verticle =
        QueueVerticle.stored(
            node.kernel,
            options,
            client.clients(),
            node.kv(),
            AllowedHosts.of(List.of()),
            5,
            System::nanoTime);
    String unused = await(node.vertx.deployVerticle(verticle));
    return verticle.service();
  }

  /** One more owner. */
  KafkaQueueService own(Runnable lost) {
    KafkaQueuesJob.Parts parts =
        new KafkaQueuesJob.Parts(
            node.kernel,
            node.kv(),
            options,
            client.clients(),
            new QueueMeters(node.kernel.meters()));
    Context context = node.vertx.getOrCreateContext();
    Promise<KafkaQueueService> opened = Promise.promise();
    context.runOnContext(now -> KafkaQueueService.open(parts, lost).onComplete(opened));
    KafkaQueueService owner = await(opened.future());
    owners.add(() -> context.runOnContext(now -> owner.close()));
    return owner;
  }

  /** A writer in place of the owner's, to be called on a context. */
  Future<KafkaCommitJob> writer() {
    return KafkaCommitJob.open(node.vertx, client.clients(), options.kafka(), 1_000, () -> {});
  }

  @Override
  public void close() {
    owners.forEach(Runnable::run);
    node.close();
  }
}
