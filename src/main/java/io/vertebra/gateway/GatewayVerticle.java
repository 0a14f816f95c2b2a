package io.vertebra.gateway;

import io.vertebra.api.Kernel;
import io.vertebra.api.Lifecycle;
import io.vertebra.auth.IssuerService;
import io.vertebra.balancer.HealthChecker;
import io.vertebra.gateway.token.TokenVerifiers;
import io.vertebra.http.HttpListener;
import io.vertebra.idempotency.BusIdempotencyService;
import io.vertebra.limiter.RequestLimitService;
import io.vertebra.route.Snapshot;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * Opens the gateway on one event loop. Deploy as many instances as there are event loops; they
 * share the listener and the routing.
 */
public final class GatewayVerticle extends VerticleBase {
  private final Shared shared;
  private long tick;

  /** What the instances share. */
  public static final class Shared {
    private final Gateway gateway;
    private final HttpListener listener;
    private volatile int port;

    /**
     * Prepares a gateway without routes.
     *
     * @param eventLoops how many instances there will be
     * @param limiter decides on the requests of routes that have limits
     * @param issuer knows the tokens of this cluster
     */
    public Shared(
        Kernel kernel,
        GatewayOptions options,
        Lifecycle lifecycle,
        LongSupplier nanoTime,
        int eventLoops,
        RequestLimitService limiter,
        IssuerService issuer) {
      Vertx vertx = kernel.vertx();
      UpstreamMonitor monitor = new UpstreamMonitor(new HealthChecker(vertx), kernel.meters());
      gateway =
          new Gateway(
              options,
              kernel.meters(),
              nanoTime,
              kernel.clock(),
              eventLoops,
              monitor,
              new OnceGate(new BusIdempotencyService(vertx)),
              limiter,
              new TokenVerifiers(kernel, options.tokens(), issuer, nanoTime));
      listener = new HttpListener(vertx, options.listener(), "gateway", kernel.meters(), lifecycle);
    }

    /** Where new states of routes and upstreams are to be sent. */
    public Consumer<Snapshot> updates() {
      return gateway::update;
    }

    /** Offers what can be asked of the gateway. */
    public Future<Void> offer(Kernel kernel) {
      return kernel.offer(GatewayApi.of(new LiveGatewayService(gateway)));
    }

    /** The port in use, once an instance listens. */
    public int port() {
      return port;
    }

    /** Closes the listener and every connection. */
    public Future<Void> close() {
      return listener.close();
    }
  }

  public GatewayVerticle(Shared shared) {
    this.shared = shared;
  }

  @Override
  public Future<?> start() {
    Context context = vertx.getOrCreateContext();
    Forwarder forwarder = new Forwarder(shared.gateway, vertx, context);
    shared.gateway.onUpdate(() -> context.runOnContext(changed -> forwarder.reconcile()));
    tick = vertx.setPeriodic(Forwarder.TICK_MS, due -> forwarder.tick());
    return shared.listener.listen(forwarder::handle).onSuccess(port -> shared.port = port);
  }

  @Override
  public Future<?> stop() {
    vertx.cancelTimer(tick);
    return Future.succeededFuture();
  }
}
