package io.vertebra.queue;

import io.vertebra.api.Fields;
import io.vertebra.api.Kernel;
import io.vertebra.kv.KvService;
import io.vertebra.redis.RedisService;
import io.vertebra.webhook.AllowedHosts;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.util.List;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Opens queues on a backend outside of the cluster; promises less, see the store. */
public final class BackendQueueVerticle extends VerticleBase {
  private static final Logger LOG = LoggerFactory.getLogger(BackendQueueVerticle.class);

  private final QueueOptions options;
  private final RedisSweepJob sweeps;
  private final RedisQueueService service;
  private final DoorsJob doors;
  private final OutboxJob outbox;

  private BackendQueueVerticle(
      Kernel kernel,
      QueueOptions options,
      RedisService redis,
      KvService main,
      WebhooksJob.Outside outside,
      LongSupplier nanoTime,
      LongSupplier nowMs) {
    this.options = options;
    RedisQueueStore store = new RedisQueueStore(redis, new QueueMeters(kernel.meters()), nowMs);
    this.service = new RedisQueueService(kernel, store, options);
    this.sweeps = new RedisSweepJob(kernel.vertx(), store, service);
    this.doors = new DoorsJob(kernel, options, service, outside);
    this.outbox = new OutboxJob(kernel, main, service, nanoTime);
  }

  /**
   * Keeps the queues in Redis.
   *
   * @param main the store whose transactions may send messages
   * @param hosts that webhooks may call
   * @param maxConnections to one of them
   */
  public static BackendQueueVerticle stored(
      Kernel kernel,
      QueueOptions options,
      RedisService redis,
      KvService main,
      AllowedHosts hosts,
      int maxConnections,
      LongSupplier nanoTime) {
    WebhooksJob.Outside outside = new WebhooksJob.Outside(hosts, maxConnections);
    return new BackendQueueVerticle(kernel, options, redis, main, outside, nanoTime, () -> 0);
  }

  /**
   * The same by another clock than that of Redis.
   *
   * @param nowMs milliseconds since 1970
   */
  static BackendQueueVerticle at(
      Kernel kernel, QueueOptions options, RedisService redis, KvService main, LongSupplier nowMs) {
    WebhooksJob.Outside here =
        new WebhooksJob.Outside(AllowedHosts.of(List.of(AllowedHosts.LOOPBACK)), 5);
    return new BackendQueueVerticle(kernel, options, redis, main, here, System::nanoTime, nowMs);
  }

  /** The operations, for callers on this node. */
  public QueueService service() {
    return doors.queues();
  }

  @Override
  public Future<?> start() {
    service.start();
    sweeps.start();
    outbox.start();
    LOG.info("queue.store opened backend={}", Fields.word(options.backend()));
    return doors.open();
  }

  @Override
  public Future<?> stop() {
    doors.close();
    outbox.stop();
    sweeps.stop();
    service.stop();
    return Future.succeededFuture();
  }
}
