package io.vertebra.lock;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertebra.api.Kernel;
import io.vertebra.kv.KvEvent;
import io.vertebra.kv.KvService;
import io.vertebra.kv.KvStatus;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.util.List;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Opens the concern: offers its operations, serves those who wait and announces what happens. */
public final class LockVerticle extends VerticleBase {
  private static final Logger LOG = LoggerFactory.getLogger(LockVerticle.class);

  private final Kernel kernel;
  private final KvService kv;
  private final KvLockStore store;
  private final LockService service;
  private final Counter expired;

  /** Keeps the locks in the store that all nodes share. */
  public LockVerticle(Kernel kernel, LockOptions options, KvService kv, LongSupplier nanoTime) {
    this.kernel = kernel;
    this.kv = kv;
    LockMirror mirror = new LockMirror();
    QueueJob queue =
        new QueueJob(kernel.vertx(), kv, kernel.node(), kernel.clock(), nanoTime, mirror);
    FollowJob follow = new FollowJob(kernel.vertx(), kv, mirror, queue, this::announce);
    SessionJob session = new SessionJob(kernel.vertx(), kv, options.session());
    this.store =
        new KvLockStore(kv, options, kernel.clock(), nanoTime, mirror, session, queue, follow);
    this.service = new StoredLockService(store, kernel.clock(), nanoTime);
    MeterRegistry meters = kernel.meters();
    Gauge.builder("vertebra.lock.waiting", queue, QueueJob::size)
        .description("Callers that wait for a lock on this node")
        .register(meters);
    this.expired =
        Counter.builder("vertebra.lock.expired")
            .description("Holdings that ended with their lease while this node led the store")
            .register(meters);
  }

  /** The operations, for callers on this node. */
  public LockService service() {
    return service;
  }

  LockStore store() {
    return store;
  }

  @Override
  public Future<?> start() {
    store.start();
    LOG.info("lock.store opened backend=kv");
    return kernel.offer(LockApi.of(service));
  }

  @Override
  public Future<?> stop() {
    store.stop();
    return Future.succeededFuture();
  }

  /** On the node that leads the store, so that each is told once. */
  private void announce(List<KvEvent> changes) {
    KvStatus status = kv.status();
    if (!status.isLeader()) {
      return;
    }
    for (LockEvent event : LockEvents.of(changes)) {
      if (event.type() == LockEvent.Type.EXPIRED) {
        expired.increment();
      }
      kernel.vertx().eventBus().publish(LockApi.EVENTS, event.toJson());
    }
  }
}
