package io.vertebra.latch;

import io.vertebra.api.Kernel;
import io.vertebra.kv.KvService;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;

/** Opens the concern: offers the operations on latches and barriers. */
public final class LatchVerticle extends VerticleBase {
  private final Kernel kernel;
  private final KvService kv;

  /** Keeps them in the store that all nodes share. */
  public LatchVerticle(Kernel kernel, KvService kv) {
    this.kernel = kernel;
    this.kv = kv;
  }

  @Override
  public Future<?> start() {
    return Future.all(
        kernel.offer(LatchApi.of(new KvLatchService(kv))),
        kernel.offer(BarrierApi.of(new KvBarrierService(kv))));
  }
}
