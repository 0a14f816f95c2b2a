package io.vertebra.ids;

import io.micrometer.core.instrument.Gauge;
import io.vertebra.api.Kernel;
import io.vertebra.kv.KvService;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.util.ArrayList;
import java.util.List;

/** Opens the concern: offers its operation and keeps the worker number of this node. */
public final class IdVerticle extends VerticleBase {
  private static final long LOOK_EVERY_MS = 1_000;
  private static final long KEEP_EVERY_MS = KvWorkerStore.LEASE_MS / 3;

  private final Kernel kernel;
  private final StoredIdService service;
  private final List<Long> timers = new ArrayList<>();

  private IdVerticle(Kernel kernel, WorkerStore store) {
    this.kernel = kernel;
    this.service = new StoredIdService(store, kernel.clock());
  }

  /** Keeps the worker numbers in the store that all nodes share. */
  public static IdVerticle stored(Kernel kernel, KvService kv) {
    return new IdVerticle(kernel, new KvWorkerStore(kv, kernel.node()));
  }

  /** The operation, for callers on this node; usable before the start. */
  public IdService service() {
    return service;
  }

  @Override
  public Future<?> start() {
    Gauge.builder("vertebra.ids.waiting", service, StoredIdService::waiting)
        .description("Requests that wait for time to be set aside for ids")
        .register(kernel.meters());
    timers.add(vertx.setPeriodic(LOOK_EVERY_MS, due -> service.look()));
    timers.add(vertx.setPeriodic(KEEP_EVERY_MS, due -> service.keep()));
    return kernel.offer(IdApi.of(service));
  }

  @Override
  public Future<?> stop() {
    timers.forEach(vertx::cancelTimer);
    return service.close().otherwiseEmpty();
  }
}
