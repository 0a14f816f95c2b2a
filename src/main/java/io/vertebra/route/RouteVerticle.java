package io.vertebra.route;

import io.vertebra.api.Kernel;
import io.vertebra.kv.KvService;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Opens the concern: offers its operations and announces its changes. */
public final class RouteVerticle extends VerticleBase {
  private static final Logger LOG = LoggerFactory.getLogger(RouteVerticle.class);

  private final Kernel kernel;
  private final RouteStore store;
  private final RouteService service;
  private final Runnable opener;
  private final Runnable closer;

  private RouteVerticle(Kernel kernel, RouteStore store, Runnable opener, Runnable closer) {
    this.kernel = kernel;
    this.store = store;
    this.opener = opener;
    this.closer = closer;
    this.service =
        new StoredRouteService(
            store, change -> kernel.vertx().eventBus().publish(RouteApi.EVENTS, change.toJson()));
  }

  /**
   * Keeps the definitions in memory. Revisions go on from the time of the start in milliseconds, so
   * that a revision known from an earlier run is not met again.
   */
  public static RouteVerticle inMemory(Kernel kernel, RouteOptions options) {
    Snapshot initial =
        Snapshot.of(
            kernel.clock().millis(), options.routes().values(), options.upstreams().values());
    return new RouteVerticle(kernel, new InMemoryRouteStore(initial), () -> {}, () -> {});
  }

  /** Keeps the definitions in the store that all nodes share, over those of the options. */
  public static RouteVerticle stored(Kernel kernel, RouteOptions options, KvService kv) {
    KvRouteStore store = new KvRouteStore(kernel.vertx(), kv, options);
    return new RouteVerticle(kernel, store, store::start, store::stop);
  }

  /** The definitions, for the gateway on this node; usable before the start. */
  public SnapshotService snapshots() {
    return store;
  }

  /** The operations, for callers on this node; usable before the start. */
  public RouteService service() {
    return service;
  }

  @Override
  public Future<?> start() {
    opener.run();
    LOG.info("route.store opened backend={}", store.getClass().getSimpleName());
    return kernel.offer(RouteApi.of(service));
  }

  @Override
  public Future<?> stop() {
    closer.run();
    return Future.succeededFuture();
  }
}
