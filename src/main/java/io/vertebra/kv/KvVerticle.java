package io.vertebra.kv;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertebra.api.Kernel;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import java.security.SecureRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.ToDoubleFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Opens the store on this member, does its upkeep and offers its operations. */
public final class KvVerticle extends VerticleBase {
  private static final Logger LOG = LoggerFactory.getLogger(KvVerticle.class);
  private static final long EXPIRE_EVERY_MS = 100;
  private static final long TIDY_EVERY_MS = 1_000;
  private static final int SCAN_THREADS = 2;
  private static final long MAX_SCAN_SECONDS = 60;

  private final Kernel kernel;
  private final Engine engine;
  private final KvReplica replica;
  private final Proposer proposer;
  private final UpkeepJob upkeep;
  private final WorkerExecutor scans;
  private final KvService service;

  /**
   * Prepares the store; it is used from the start on.
   *
   * @param engine not yet opened
   */
  public KvVerticle(Kernel kernel, KvOptions options, Engine engine, LongSupplier nanoTime) {
    this.kernel = kernel;
    this.engine = engine;
    this.replica = new KvReplica(nanoTime);
    this.proposer = new Proposer(engine, options, nanoTime, new SecureRandom().nextLong());
    this.upkeep = new UpkeepJob(replica, proposer, options, nanoTime);
    Vertx vertx = kernel.vertx();
    this.scans =
        vertx.createSharedWorkerExecutor(
            "kv-scan", SCAN_THREADS, MAX_SCAN_SECONDS, TimeUnit.SECONDS);
    long maxBytes = Runtime.getRuntime().maxMemory() / 100 * options.maxHeapPercent();
    this.service =
        new StoredKvService(vertx, options, engine, replica, proposer, scans, maxBytes, nanoTime);
    measure(kernel.meters(), maxBytes);
  }

  /** The store, for callers on this node; it answers from the start on. */
  public KvService service() {
    return service;
  }

  /** The store without the concerns' own keys, for whoever is outside. */
  public KvService userService() {
    return new UserKvService(service);
  }

  /** How many watches are open here. */
  int watchers() {
    return replica.watches().watchers();
  }

  @Override
  public Future<?> start() {
    return Future.fromCompletionStage(engine.open(replica), context)
        .onSuccess(unused -> LOG.info("kv.store opened revision={}", replica.state().revision()))
        .onSuccess(unused -> repeat())
        .compose(unused -> offer(userService()));
  }

  private Future<Void> offer(KvService users) {
    return kernel.offer(KvApi.of(users)).compose(unused -> kernel.offer(LeaseApi.of(users)));
  }

  @Override
  public Future<?> stop() {
    replica.watches().close();
    proposer.close();
    return Future.fromCompletionStage(engine.close(), context).eventually(scans::close);
  }

  private void repeat() {
    vertx.setPeriodic(EXPIRE_EVERY_MS, timer -> upkeep.expire());
    vertx.setPeriodic(TIDY_EVERY_MS, timer -> tidy());
  }

  private void tidy() {
    scans
        .executeBlocking(
            () -> {
              upkeep.tidy();
              return true;
            })
        .onFailure(cause -> LOG.error("kv.upkeep failed", cause));
  }

  private void measure(MeterRegistry meters, long maxBytes) {
    gauge(meters, "revision", "Revision of the last change applied here", KvState::revision);
    gauge(
        meters,
        "compacted.revision",
        "Revision before which history is forgotten",
        KvState::compactedRevision);
    gauge(meters, "keys", "Keys in the store", KvState::keys);
    gauge(meters, "data.bytes", "Memory that the data takes, about", KvState::bytes);
    gauge(meters, "history.revisions", "Former revisions kept", KvState::historyEvents);
    gauge(meters, "leases", "Leases granted and not ended", state -> state.leases().size());
    Gauge.builder("vertebra.kv.data.limit.bytes", () -> maxBytes)
        .description("Memory that the data may take")
        .register(meters);
    Gauge.builder("vertebra.kv.watchers", replica.watches(), WatchHub::watchers)
        .description("Watches open on this node")
        .register(meters);
    Gauge.builder("vertebra.kv.watchers.lagging", replica.watches(), WatchHub::lagging)
        .description("Watches that read from the history because they are behind")
        .register(meters);
    Gauge.builder("vertebra.kv.pending.writes", proposer, Proposer::pending)
        .description("Writes that wait for the log")
        .register(meters);
  }

  private void gauge(
      MeterRegistry meters, String name, String what, ToDoubleFunction<KvState> value) {
    Gauge.builder("vertebra.kv." + name, replica.state(), value).description(what).register(meters);
  }
}
