package io.vertebra.registry;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertebra.api.Fields;
import io.vertebra.api.Kernel;
import io.vertebra.cluster.ClusterService;
import io.vertebra.cluster.Member;
import io.vertebra.kv.Guard;
import io.vertebra.kv.KvService;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.ext.web.Router;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens the concern: follows the registry; on a node of the core offers its operations, runs checks
 * and registers the node itself.
 */
public final class RegistryVerticle extends VerticleBase {
  private static final Logger LOG = LoggerFactory.getLogger(RegistryVerticle.class);
  private static final long TICK_MS = 100;
  private static final long TIDY_MS = 1_000;

  private final Kernel kernel;
  private final ClusterService cluster;
  private final RegistryOptions options;
  private final LongSupplier nanoTime;
  private final Router router;
  private final KvRegistryStore store;
  private final StoredRegistryService service;
  private @Nullable Future<Void> joined;

  /**
   * Prepares the registry; it is used from the start on.
   *
   * @param router of the api listener, behind its checks
   * @param nanoTime a monotonic clock
   */
  public RegistryVerticle(
      Kernel kernel,
      ClusterService cluster,
      RegistryOptions options,
      KvService kv,
      Router router,
      LongSupplier nanoTime) {
    this.kernel = kernel;
    this.cluster = cluster;
    this.options = options;
    this.nanoTime = nanoTime;
    this.router = router;
    this.store = new KvRegistryStore(kernel.vertx(), kv, options.maxWaiting());
    this.service =
        new StoredRegistryService(
            store,
            options,
            kernel.clock(),
            event -> kernel.vertx().eventBus().publish(RegistryApi.EVENTS, event),
            this::join);
  }

  /** The registry, for callers on this node; usable before the start. */
  public RegistryService service() {
    return service;
  }

  /** Drafts of changes for transactions of others, usable as the registry is. */
  public DraftService drafts() {
    return service.drafts();
  }

  /** The node as which a member of the cluster is registered. */
  public static Node nodeOf(Member member) {
    String address = member.address();
    String name = member.facts().name();
    Map<String, String> meta = new TreeMap<>();
    meta.put("roles", String.join(",", member.facts().roles()));
    meta.put("version", member.facts().version());
    String host = address.substring(0, Math.max(0, address.lastIndexOf(':')));
    return new Node(name.isEmpty() ? address : name, host, meta);
  }

  @Override
  public Future<?> start() {
    store.start();
    measure(kernel.meters());
    if (!runsHere()) {
      return Future.succeededFuture();
    }
    CheckProbe probe = new CheckProbe(vertx, options.checks());
    CheckJob checks =
        new CheckJob(
            store,
            service,
            probe::run,
            options.checks(),
            nanoTime,
            this::sharers,
            cluster.self().id());
    checks.measure(kernel.meters());
    UpkeepJob upkeep = new UpkeepJob(store, service, nanoTime, UpkeepJob.MAX_GONE);
    store.watch(topics -> announce(topics, checks, upkeep));
    cluster.watch(change -> checks.changed());
    long unusedTick =
        vertx.setPeriodic(
            TICK_MS,
            timer -> {
              checks.tick();
              upkeep.tick();
            });
    long unusedTidy = vertx.setPeriodic(TIDY_MS, timer -> upkeep.tidy());
    LOG.info("registry.store opened backend=kv checks={}", options.checks().enabled());
    HttpSdApi.mount(router, service);
    return kernel.offer(RegistryApi.of(service));
  }

  @Override
  public Future<?> stop() {
    store.stop();
    return Future.succeededFuture();
  }

  private boolean runsHere() {
    return isCore(cluster.self());
  }

  private List<String> sharers() {
    return cluster.members().stream().filter(RegistryVerticle::isCore).map(Member::id).toList();
  }

  private static boolean isCore(Member member) {
    return member.facts().roles().contains("core");
  }

  private void announce(Set<Topic> topics, CheckJob checks, UpkeepJob upkeep) {
    if (!topics.isEmpty()) {
      Future<Void> unused = join();
    }
    if (topics.contains(Topic.CHECKS)) {
      checks.changed();
      upkeep.changed();
    }
  }

  /**
   * Registers this node, before anybody uses the registry here and when it is used elsewhere, so
   * that one nobody uses writes nothing. Does not fail; what failed is tried again the next time.
   */
  private synchronized Future<Void> join() {
    if (!runsHere()) {
      return Future.succeededFuture();
    }
    Future<Void> present = joined;
    if (present == null || present.failed()) {
      present = service.join(Registration.of(nodeOf(cluster.self())), Guard.NONE).mapEmpty();
      joined = present;
    }
    return present.otherwiseEmpty();
  }

  private void measure(MeterRegistry meters) {
    gauge(meters, "nodes", "Nodes registered", catalog -> catalog.nodes().size());
    gauge(meters, "services", "Services registered", catalog -> catalog.services().size());
    gauge(meters, "instances", "Instances registered", catalog -> catalog.instances().size());
    for (CheckStatus status : CheckStatus.values()) {
      Gauge.builder("vertebra.registry.checks", store, view -> view.look(of -> count(of, status)))
          .description("Checks registered, by status")
          .tag("status", Fields.word(status))
          .register(meters);
    }
    Gauge.builder("vertebra.registry.waiting", store, KvRegistryStore::waiting)
        .description("Readers on this node that wait for news")
        .register(meters);
  }

  private void gauge(
      MeterRegistry meters, String name, String about, Function<Catalog, Integer> value) {
    Gauge.builder("vertebra.registry." + name, store, view -> view.look(value))
        .description(about)
        .register(meters);
  }

  private static long count(Catalog catalog, CheckStatus status) {
    return catalog.checks().stream().filter(entry -> entry.value().status() == status).count();
  }
}
