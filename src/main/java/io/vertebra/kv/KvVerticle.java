package io.vertebra.kv;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertebra.api.Kernel;
import io.vertebra.kv.spill.ValueFolder;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import io.vertx.ext.web.Router;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
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
  private static final int SEGMENT_BYTES = 16 << 20;
  private static final int OPEN_SEGMENTS = 64;

  private final Kernel kernel;
  private final KvOptions options;
  private final KvGroup group;
  private final Optional<ValueFolder> values;
  private final Engine engine;
  private final KvReplica replica;
  private final Proposer proposer;
  private final UpkeepJob upkeep;
  private final WorkerExecutor scans;
  private final KvService service;
  private final List<Long> timers = new ArrayList<>();
  private final long maxBytes;
  private Consumer<OutboxJson.Letter> letters = letter -> {};

  /** Prepares the main store, all in memory. */
  public KvVerticle(Kernel kernel, KvOptions options, Engine engine, LongSupplier nanoTime) {
    this(kernel, options, KvGroup.inMemory(), engine, nanoTime);
  }

  /**
   * Prepares a store; it is used from the start on.
   *
   * @param group whose scratch is there if {@code options} want values in files
   * @param engine not yet opened
   */
  public KvVerticle(
      Kernel kernel, KvOptions options, KvGroup group, Engine engine, LongSupplier nanoTime) {
    this.kernel = kernel;
    this.group = group;
    this.engine = engine;
    this.values =
        options.spills()
            ? group.scratch().map(path -> new ValueFolder(path, SEGMENT_BYTES, OPEN_SEGMENTS))
            : Optional.empty();
    this.replica =
        values
            .map(folder -> new KvReplica(nanoTime, group, folder, options.spillBytes()))
            .orElseGet(() -> new KvReplica(nanoTime, group));
    this.proposer = new Proposer(engine, options, nanoTime, new SecureRandom().nextLong());
    this.upkeep = new UpkeepJob(replica, proposer, options, nanoTime);
    Vertx vertx = kernel.vertx();
    this.scans =
        vertx.createSharedWorkerExecutor(
            group.name() + "-scan", SCAN_THREADS, MAX_SCAN_SECONDS, TimeUnit.SECONDS);
    this.options = options;
    this.maxBytes = Runtime.getRuntime().maxMemory() / 100 * options.maxHeapPercent();
    this.service =
        new StoredKvService(vertx, options, engine, replica, proposer, scans, maxBytes, nanoTime);
    measure(kernel.meters());
  }

  /**
   * The same, checking the messages that transactions of callers send; to be told before the start.
   *
   * @param rule throws a {@link io.vertebra.api.Failure} if one can be sent to no queue
   */
  @CanIgnoreReturnValue
  public KvVerticle checking(Consumer<OutboxJson.Letter> rule) {
    letters = rule;
    return this;
  }

  /** The store, for callers on this node; it answers from the start on. */
  public KvService service() {
    return service;
  }

  /** Whether this node leads the store's members. */
  public Leadership leadership() {
    return replica.leadership();
  }

  /** A store without the concerns' own keys, for whoever is outside. */
  public static KvService ofUsers(KvService whole) {
    return new UserKvService(whole);
  }

  /**
   * Offers backups of this member's store.
   *
   * @param folder for what is on its way, of this process alone
   * @param minFreeBytes that the disk keeps, whatever is on its way
   */
  public VerticleBase backups(Router router, Path folder, long minFreeBytes) {
    return backups(router, new BackupFolder(folder, minFreeBytes));
  }

  VerticleBase backups(Router router, BackupFolder files) {
    Vertx vertx = kernel.vertx();
    Restorer restorer = new Restorer(replica.state(), proposer, maxBytes);
    return new BackupVerticle(
        router,
        group.path(),
        new BackupService(vertx, engine, replica, restorer, files, options, kernel.meters()));
  }

  /** How many watches are open here. */
  int watchers() {
    return replica.watches().watchers();
  }

  @Override
  public Future<?> start() {
    return vertx
        .executeBlocking(this::clear)
        .compose(unused -> Future.fromCompletionStage(engine.open(replica), context))
        .onSuccess(
            unused ->
                LOG.info(
                    "kv.store opened group={} revision={}",
                    group.name(),
                    replica.state().revision()))
        .onSuccess(unused -> repeat())
        .compose(unused -> offer());
  }

  /** Removes the values that a former process left in files, wanted now or not. */
  private boolean clear() throws IOException {
    if (values.isPresent()) {
      values.get().clear();
    } else if (group.scratch().isPresent()) {
      ValueFolder.clear(group.scratch().get());
    }
    return true;
  }

  private Future<Void> offer() {
    if (!group.isMain()) {
      return Future.join(
              kernel.offerInside(KvApi.of(service).as(KvApi.CONCERN + KvApi.QUEUE)),
              kernel.offerInside(LeaseApi.of(service).as(LeaseApi.CONCERN + KvApi.QUEUE)))
          .mapEmpty();
    }
    KvService users = ofUsers(service);
    return Future.join(
            kernel.offer(KvApi.of(users, letters)),
            kernel.offer(LeaseApi.of(users)),
            kernel.offerInside(KvApi.of(service).as(KvApi.CONCERN + KvApi.WHOLE)),
            kernel.offerInside(LeaseApi.of(service).as(LeaseApi.CONCERN + KvApi.WHOLE)))
        .mapEmpty();
  }

  @Override
  public Future<?> stop() {
    timers.forEach(vertx::cancelTimer);
    replica.watches().close();
    proposer.close();
    return Future.fromCompletionStage(engine.close(), context).eventually(scans::close);
  }

  private void repeat() {
    timers.add(vertx.setPeriodic(EXPIRE_EVERY_MS, timer -> upkeep.expire()));
    timers.add(vertx.setPeriodic(TIDY_EVERY_MS, timer -> tidy()));
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

  private void measure(MeterRegistry meters) {
    values.ifPresent(
        folder -> {
          gauge(meters, "values.segments", "Files of values", folder, ValueFolder::segments);
          gauge(
              meters,
              "values.open",
              "Files of values that are open",
              folder,
              ValueFolder::openFiles);
          gauge(
              meters,
              "values.live.bytes",
              "Bytes in files of values in use",
              folder,
              ValueFolder::liveBytes);
          gauge(
              meters,
              "values.dead.bytes",
              "Bytes in files of values to be taken back",
              folder,
              ValueFolder::deadBytes);
        });
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
    gauge(meters, "data.limit.bytes", "Memory that the data may take", this, unused -> maxBytes);
    WatchHub watches = replica.watches();
    gauge(meters, "watchers", "Watches open on this node", watches, WatchHub::watchers);
    gauge(
        meters,
        "watchers.lagging",
        "Watches that read from the history because they are behind",
        watches,
        WatchHub::lagging);
    gauge(meters, "pending.writes", "Writes that wait for the log", proposer, Proposer::pending);
  }

  private void gauge(
      MeterRegistry meters, String name, String what, ToDoubleFunction<KvState> value) {
    gauge(meters, name, what, replica.state(), value);
  }

  private <T> void gauge(
      MeterRegistry meters, String name, String what, T source, ToDoubleFunction<T> value) {
    Gauge.builder("vertebra.kv." + name, source, value)
        .description(what)
        .tag("group", group.name())
        .register(meters);
  }
}
