package io.vertebra.idempotency;

import io.micrometer.core.instrument.Counter;
import io.vertebra.api.Kernel;
import io.vertebra.kv.KvService;
import io.vertebra.redis.RedisService;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Opens the concern: offers its operations, and forgets answers that were kept long enough. */
public final class IdempotencyVerticle extends VerticleBase {
  private static final Logger LOG = LoggerFactory.getLogger(IdempotencyVerticle.class);
  private static final long SWEEP_EVERY_MS = 1_000;

  /** Most answers forgotten at once, so that the store has time for its callers. */
  private static final int SWEEP_AT_ONCE = 256;

  private final Kernel kernel;
  private final IdempotencyStore store;
  private final IdempotencyService service;
  private final BooleanSupplier sweeps;
  private final Counter forgotten;
  private long timer;
  private boolean sweeping;

  private IdempotencyVerticle(
      Kernel kernel, IdempotencyOptions options, IdempotencyStore store, BooleanSupplier sweeps) {
    this.kernel = kernel;
    this.store = store;
    this.sweeps = sweeps;
    this.service = new StoredIdempotencyService(store, options.maxBodyBytes());
    this.forgotten =
        Counter.builder("vertebra.idempotency.forgotten")
            .description("Answers forgotten because they were kept long enough")
            .register(kernel.meters());
  }

  /** Keeps the answers in the store that all nodes share; the one that leads it sweeps. */
  public static IdempotencyVerticle stored(
      Kernel kernel, IdempotencyOptions options, KvService kv) {
    IdempotencyStore store = new KvIdempotencyStore(kv, kernel.clock(), options.maxScopeBytes());
    return new IdempotencyVerticle(kernel, options, store, () -> kv.status().isLeader());
  }

  /** Keeps the answers in Redis; every node sweeps, each what the others left. */
  public static IdempotencyVerticle stored(
      Kernel kernel, IdempotencyOptions options, RedisService redis) {
    IdempotencyStore store = new RedisIdempotencyStore(redis, options.maxScopeBytes());
    return new IdempotencyVerticle(kernel, options, store, () -> true);
  }

  /** The operations, for callers on this node; usable before the start. */
  public IdempotencyService service() {
    return service;
  }

  @Override
  public Future<?> start() {
    timer = vertx.setPeriodic(SWEEP_EVERY_MS, due -> sweep());
    return kernel.offer(IdempotencyApi.of(service));
  }

  private void sweep() {
    if (sweeping || !sweeps.getAsBoolean()) {
      return;
    }
    sweeping = true;
    store
        .sweep(SWEEP_AT_ONCE)
        .onSuccess(forgotten::increment)
        .onFailure(cause -> LOG.warn("idempotency.sweep failed: {}", cause.getMessage()))
        .onComplete(done -> sweeping = false);
  }

  @Override
  public Future<?> stop() {
    vertx.cancelTimer(timer);
    return Future.succeededFuture();
  }
}
