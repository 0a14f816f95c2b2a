package io.vertebra.queue;

import static io.vertebra.testkit.Waiting.await;

import io.vertebra.api.Fields;
import io.vertebra.kv.KvService;
import io.vertebra.testkit.KvNode;
import io.vertebra.webhook.AllowedHosts;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.json.JsonObject;
import java.util.List;

/** Opens queues for tests. */
final class QueueRig {
  private QueueRig() {}

  /** A node's queues. */
  static QueueVerticle deploy(KvNode node) {
    return deploy(node, "{}");
  }

  static QueueVerticle deploy(KvNode node, String options) {
    QueueVerticle verticle =
        QueueVerticle.stored(
            node.kernel,
            options(options),
            node.kv(),
            node.kv(),
            AllowedHosts.of(List.of("loopback")),
            5,
            System::nanoTime);
    String unused = await(node.vertx.deployVerticle(verticle));
    return verticle;
  }

  static QueueOptions options(String json) {
    return QueueOptions.from(Fields.of(new JsonObject(json.replace('\'', '"'))));
  }

  /** One more owner on a node. */
  static OwnedQueueService own(KvNode node, KvService kv, Runnable lost) {
    return own(node, kv, "{}", lost);
  }

  static OwnedQueueService own(KvNode node, KvService kv, String options, Runnable lost) {
    QueuesJob.Parts parts =
        new QueuesJob.Parts(
            node.kernel, kv, options(options), new QueueMeters(node.kernel.meters()));
    Promise<OwnedQueueService> opened = Promise.promise();
    node.vertx.runOnContext(now -> OwnedQueueService.open(parts, lost).onComplete(opened));
    return await(opened.future());
  }

  /** Whoever never goes away. */
  static Future<Void> never() {
    return Promise.<Void>promise().future();
  }
}
