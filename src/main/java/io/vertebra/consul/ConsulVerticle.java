package io.vertebra.consul;

import io.vertebra.api.Kernel;
import io.vertebra.api.Lifecycle;
import io.vertebra.cluster.ClusterService;
import io.vertebra.kv.KvService;
import io.vertebra.registry.DraftService;
import io.vertebra.registry.Node;
import io.vertebra.registry.RegistryService;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.Router;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Offers Consul's paths on the api listener. */
public final class ConsulVerticle extends VerticleBase {
  private static final Logger LOG = LoggerFactory.getLogger(ConsulVerticle.class);

  private final Kernel kernel;
  private final Listener listener;
  private final Lifecycle lifecycle;
  private final Parts parts;
  private final ConsulOptions options;
  private @Nullable SessionSweepJob sweep;

  /**
   * The listener that paths are offered on.
   *
   * @param router behind its checks
   * @param released is told of requests that wait for a change and are bounded by that
   * @param bodyBytes longest body
   */
  public record Listener(Router router, Consumer<HttpServerRequest> released, long bodyBytes) {

    int mostBytes() {
      return (int) Math.min(Integer.MAX_VALUE / 2, bodyBytes);
    }
  }

  /**
   * What the paths stand on.
   *
   * @param kv the whole store of this node
   * @param drafts of the same registry, in that store
   * @param peers members of the store's group
   */
  public record Parts(
      KvService kv,
      RegistryService registry,
      DraftService drafts,
      ClusterService cluster,
      Supplier<List<ConsulPeer>> peers) {}

  /** Prepares the paths; what they stand on is used from the start on. */
  public ConsulVerticle(
      Kernel kernel, Listener listener, Lifecycle lifecycle, Parts parts, ConsulOptions options) {
    this.kernel = kernel;
    this.listener = listener;
    this.lifecycle = lifecycle;
    this.parts = parts;
    this.options = options;
  }

  @Override
  public Future<?> start() {
    if (options.enabled()) {
      open();
      LOG.info("consul.paths offered datacenter={}", options.datacenter());
    }
    return Future.succeededFuture();
  }

  @Override
  public Future<?> stop() {
    if (sweep != null) {
      sweep.stop();
    }
    return Future.succeededFuture();
  }

  private void open() {
    KvService kv = parts.kv();
    StoreReader reader = new StoreReader(kv, options.listBytes());
    SessionEnd end = new SessionEnd(kv);
    Sessions sessions = new Sessions(kv, reader, end, options.sessionTtlFactor());
    SessionChecks checks = new SessionChecks(parts.registry(), Node.SHARED);
    BlockingQueries queries =
        new BlockingQueries(vertx, kv, lifecycle, kernel.meters(), options.blockingQueries());
    Paths paths = new Paths(listener.router(), kv, listener.mostBytes(), listener.released());
    Pairs pairs = new Pairs(kv, reader, end);
    new KvEndpoints(pairs, new PairWriter(kv, end), queries).offer(paths);
    RegistryJson json = json();
    new TxnEndpoint(kv, reader, pairs, parts.drafts(), json).offer(paths);
    new SessionEndpoints(sessions, checks, queries, Node.SHARED).offer(paths);
    new EventEndpoints(kv, reader, queries).offer(paths);
    new StatusEndpoints(kv, parts.peers()).offer(paths);
    offerRegistry(paths, queries, json);
    sweep = new SessionSweepJob(vertx, kv, reader, end, sessions, checks);
    sweep.start();
  }

  private RegistryJson json() {
    String address = parts.cluster().self().address();
    return new RegistryJson(options.datacenter(), address.substring(0, address.lastIndexOf(':')));
  }

  private void offerRegistry(Paths paths, BlockingQueries queries, RegistryJson json) {
    RegistryService registry = parts.registry();
    RegistryQueries reads = new RegistryQueries(queries);
    new AgentEndpoints(registry, parts.cluster(), json, Node.SHARED).offer(paths);
    new AgentWriteEndpoints(registry, Node.SHARED).offer(paths);
    new CatalogEndpoints(registry, reads, json).offer(paths);
    new HealthEndpoints(registry, reads, json).offer(paths);
  }
}
