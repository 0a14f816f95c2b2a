package io.vertebra.election;

import io.vertebra.api.Kernel;
import io.vertebra.lock.LockService;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;

/** Opens the concern: offers its operations. */
public final class ElectionVerticle extends VerticleBase {
  private final Kernel kernel;
  private final ElectionService service;

  /** Holds elections with these locks. */
  public ElectionVerticle(Kernel kernel, LockService locks) {
    this.kernel = kernel;
    this.service = new LockedElectionService(locks);
  }

  /** The operations, for callers on this node. */
  public ElectionService service() {
    return service;
  }

  @Override
  public Future<?> start() {
    return kernel.offer(ElectionApi.of(service));
  }
}
