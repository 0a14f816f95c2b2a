package io.vertebra.task;

import static io.vertebra.testkit.Waiting.await;

import io.vertebra.api.Fields;
import io.vertebra.queue.QueueOptions;
import io.vertebra.queue.QueueService;
import io.vertebra.queue.QueueVerticle;
import io.vertebra.testkit.KvNode;
import io.vertebra.webhook.AllowedHosts;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.json.JsonObject;
import java.util.List;

/** Tasks on a node in memory, with queues, whose clock stands still. */
final class TaskRig implements AutoCloseable {
  final KvNode node = new KvNode();
  final QueueService queues;
  final TaskService service;

  TaskRig(String options) {
    QueueVerticle queueVerticle =
        QueueVerticle.stored(
            node.kernel,
            QueueOptions.from(Fields.of(new JsonObject())),
            node.kv(),
            node.kv(),
            AllowedHosts.of(List.of()),
            5,
            System::nanoTime);
    queues = queueVerticle.service();
    TaskVerticle tasks =
        TaskVerticle.stored(
            node.kernel,
            TaskOptions.from(Fields.of(json(options))),
            node.kv(),
            queues,
            System::nanoTime);
    service = tasks.service();
    String unused =
        await(
            node.vertx
                .deployVerticle(queueVerticle)
                .compose(up -> node.vertx.deployVerticle(tasks)));
  }

  static JsonObject json(String text) {
    return new JsonObject(text.replace('\'', '"'));
  }

  /** Whoever never goes away. */
  static Future<Void> never() {
    return Promise.<Void>promise().future();
  }

  @Override
  public void close() {
    node.close();
  }
}
