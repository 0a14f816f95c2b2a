package io.vertebra.queue;

import io.vertebra.api.Api;
import io.vertebra.api.Fields;
import io.vertebra.api.Kernel;
import io.vertebra.kafka.KafkaClients;
import io.vertebra.kv.KeyRange;
import io.vertebra.kv.KvService;
import io.vertebra.kv.OutboxJson;
import io.vertebra.webhook.AllowedHosts;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.function.LongSupplier;

/** Opens queues on this node, and makes it their owner while it leads the store. */
public final class QueueVerticle extends VerticleBase {
  private final Kernel kernel;
  private final OwnerJob owners;
  private final QueueService service;
  private final DoorsJob doors;
  private final OutboxJob outbox;

  private QueueVerticle(
      Kernel kernel,
      QueueOptions options,
      OwnerJob owners,
      KvService main,
      WebhooksJob.Outside outside,
      LongSupplier nanoTime) {
    this.kernel = kernel;
    this.owners = owners;
    QueueService routed = new RoutedQueueService(kernel.vertx(), kernel.node(), owners, nanoTime);
    this.doors = new DoorsJob(kernel, options, routed, outside);
    this.service = doors.queues();
    this.outbox = new OutboxJob(kernel, main, service, nanoTime);
  }

  /**
   * Keeps the queues in a store that all nodes share.
   *
   * @param kv whose leader is their owner; with the keys of the concerns
   * @param main the store whose transactions may send messages; may be the same
   * @param hosts that webhooks may call
   * @param maxConnections to one of them
   */
  public static QueueVerticle stored(
      Kernel kernel,
      QueueOptions options,
      KvService kv,
      KvService main,
      AllowedHosts hosts,
      int maxConnections,
      LongSupplier nanoTime) {
    QueuesJob.Parts parts =
        new QueuesJob.Parts(kernel, kv, options, new QueueMeters(kernel.meters()));
    OwnerJob owners = new OwnerJob(kernel.vertx(), kv, lost -> OwnedQueueService.open(parts, lost));
    WebhooksJob.Outside outside = new WebhooksJob.Outside(hosts, maxConnections);
    return new QueueVerticle(kernel, options, owners, main, outside, nanoTime);
  }

  /**
   * Keeps the messages in Kafka.
   *
   * @param kv whose leader is their owner, and which holds what the queues are
   * @param hosts that webhooks may call
   * @param maxConnections to one of them
   */
  public static QueueVerticle stored(
      Kernel kernel,
      QueueOptions options,
      KafkaClients kafka,
      KvService kv,
      AllowedHosts hosts,
      int maxConnections,
      LongSupplier nanoTime) {
    KafkaQueuesJob.Parts parts =
        new KafkaQueuesJob.Parts(kernel, kv, options, kafka, new QueueMeters(kernel.meters()));
    OwnerJob owners = new OwnerJob(kernel.vertx(), kv, lost -> KafkaQueueService.open(parts, lost));
    WebhooksJob.Outside outside = new WebhooksJob.Outside(hosts, maxConnections);
    return new QueueVerticle(kernel, options, owners, kv, outside, nanoTime);
  }

  /**
   * Checks a message that a transaction sends, but for whether its queue is there.
   *
   * @throws io.vertebra.api.Failure {@code INVALID} if it can be sent to no queue
   */
  public static void checkLetter(OutboxJson.Letter letter) {
    JsonObject json =
        new JsonObject().put("queue", letter.queue()).put("message", letter.message());
    Fields fields = Fields.of(json);
    String queue = QueueFields.queue(fields);
    NewMessage message = fields.object("message", NewMessage::from).required();
    Object unused = fields.build(() -> List.of(queue, message));
  }

  /** Where the keys are, in the store of the queues, of the queues that there are. */
  public static KeyRange definitions() {
    return QueueKeys.ALL_QUEUES;
  }

  /** The operations, for callers on this node; usable before the start. */
  public QueueService service() {
    return service;
  }

  @Override
  public Future<?> start() {
    owners.start();
    outbox.start();
    Api inside = QueueApi.of(new HereQueueService(owners)).as(QueueApi.OWNER);
    return kernel
        .offerInside(new Api(inside.concern(), Api.Scope.NODE, inside.operations()))
        .compose(offered -> doors.open());
  }

  @Override
  public Future<?> stop() {
    doors.close();
    outbox.stop();
    owners.stop();
    return Future.succeededFuture();
  }
}
