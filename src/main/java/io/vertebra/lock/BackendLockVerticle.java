package io.vertebra.lock;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.vertebra.api.Fields;
import io.vertebra.api.Kernel;
import io.vertebra.redis.RedisService;
import io.vertebra.sql.SqlService;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Opens the concern on a backend outside of the cluster; promises less, see the stores. */
public final class BackendLockVerticle extends VerticleBase {
  private static final Logger LOG = LoggerFactory.getLogger(BackendLockVerticle.class);

  private final Kernel kernel;
  private final LockOptions options;
  private final DocumentLockStore store;
  private final LockService service;
  private final Counter expired;

  private BackendLockVerticle(
      Kernel kernel, LockOptions options, LockDocumentStore documents, LongSupplier nanoTime) {
    this.kernel = kernel;
    this.options = options;
    this.store =
        new DocumentLockStore(
            kernel.vertx(), documents, options, kernel.node(), nanoTime, this::announce);
    this.service = new StoredLockService(store, kernel.clock(), nanoTime);
    Gauge.builder("vertebra.lock.waiting", store, DocumentLockStore::waiters)
        .description("Callers that wait for a lock on this node")
        .register(kernel.meters());
    this.expired =
        Counter.builder("vertebra.lock.expired")
            .description("Holdings whose end with their lease this node saw first")
            .register(kernel.meters());
  }

  /** Keeps the locks in Redis. */
  public static BackendLockVerticle stored(
      Kernel kernel, LockOptions options, RedisService redis, LongSupplier nanoTime) {
    return new BackendLockVerticle(kernel, options, new RedisLockStore(redis, () -> 0), nanoTime);
  }

  /** Keeps the locks in a database. */
  public static BackendLockVerticle stored(
      Kernel kernel, LockOptions options, SqlService sql, LongSupplier nanoTime) {
    return new BackendLockVerticle(kernel, options, new SqlLockStore(sql, () -> 0), nanoTime);
  }

  /** The operations, for callers on this node. */
  public LockService service() {
    return service;
  }

  @Override
  public Future<?> start() {
    store.start();
    LOG.info("lock.store opened backend={}", Fields.word(options.backend()));
    return kernel.offer(LockApi.of(service));
  }

  @Override
  public Future<?> stop() {
    store.stop();
    return Future.succeededFuture();
  }

  private void announce(LockEvent event) {
    if (event.type() == LockEvent.Type.EXPIRED) {
      expired.increment();
    }
    kernel.vertx().eventBus().publish(LockApi.EVENTS, event.toJson());
  }
}
