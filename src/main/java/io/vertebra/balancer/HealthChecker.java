package io.vertebra.balancer;

import io.vertx.core.Future;
import io.vertx.core.Vertx;

/** Runs the active checks of upstreams. */
public final class HealthChecker {
  private final Vertx vertx;

  public HealthChecker(Vertx vertx) {
    this.vertx = vertx;
  }

  /** Checks the endpoints of an upstream from now on, in place of its older version if any. */
  public void watch(LiveUpstream upstream) {
    vertx.getOrCreateContext();
  }

  public void forget(String upstreamName) {}

  /** Stops all checks. */
  public Future<Void> close() {
    return Future.succeededFuture();
  }
}
