package io.vertebra.kv;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.vertebra.api.Failure;
import io.vertebra.api.FailureCode;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Backs the store of this member up and restores it, while it goes on. One backup and one restore
 * are under way at most; another one fails with {@code CONFLICT}. For event loops.
 */
final class BackupService {
  private static final Logger LOG = LoggerFactory.getLogger(BackupService.class);
  private static final int THREADS = 2;
  private static final long MAX_HOURS = 12;

  /** A client has the last byte before we know, and may come again at once. */
  private static final long GRACE_MS = 200;

  private final Vertx vertx;
  private final Engine engine;
  private final KvReplica replica;
  private final Restorer restorer;
  private final BackupFolder folder;
  private final KvOptions options;
  private final String group;
  private final WorkerExecutor workers;
  private final Meter backups;
  private final Meter restores;

  /** A backup on this disk. */
  record Saved(Path file, long revision, long bytes) {}

  /**
   * A file to write a backup to.
   *
   * @param maxBytes how long that may be at most
   * @param room fails when the disk has no more room
   */
  record Target(Path file, long maxBytes, Supplier<Future<Void>> room) {}

  /** Counts one kind of work, which is under way once at most. */
  private static final class Meter {
    final AtomicBoolean busy = new AtomicBoolean();
    final Timer done;
    final Timer failed;
    final Counter bytes;

    Meter(MeterRegistry meters, String name, String group) {
      done = meters.timer(name, "group", group, "result", "done");
      failed = meters.timer(name, "group", group, "result", "failed");
      bytes = meters.counter(name + ".bytes", "group", group);
    }
  }

  BackupService(
      Vertx vertx,
      Engine engine,
      KvReplica replica,
      Restorer restorer,
      BackupFolder folder,
      KvOptions options,
      MeterRegistry meters) {
    this.vertx = vertx;
    this.engine = engine;
    this.replica = replica;
    this.restorer = restorer;
    this.folder = folder;
    this.options = options;
    this.group = replica.state().group().name();
    this.workers =
        vertx.createSharedWorkerExecutor(group + "-backup", THREADS, MAX_HOURS, TimeUnit.HOURS);
    this.backups = new Meter(meters, "vertebra.kv.backup", group);
    this.restores = new Meter(meters, "vertebra.kv.restore", group);
  }

  /** Removes what a killed process left. */
  Future<Void> open() {
    return blocking(
            () -> {
              folder.clear();
              return true;
            })
        .mapEmpty();
  }

  /** Ends the threads. */
  Future<Void> close() {
    return workers.close();
  }

  /**
   * Has {@code sender} send a backup that holds all that was acknowledged before; it is removed
   * when that is done.
   */
  Future<Void> backup(Function<Saved, Future<Void>> sender) {
    return once(
            backups,
            "backup",
            () ->
                fresh()
                    .compose(unused -> blocking(this::save))
                    .compose(saved -> sender.apply(saved).map(saved))
                    .eventually(() -> remove(folder.outgoing())))
        .onSuccess(
            saved -> {
              backups.bytes.increment((double) saved.bytes());
              LOG.info(
                  "kv.backup done group={} revision={} bytes={}",
                  group,
                  saved.revision(),
                  saved.bytes());
            })
        .mapEmpty();
  }

  /**
   * Restores what {@code receiver} writes to a file.
   *
   * @param force whether keys of users may go
   * @param gone whether nobody waits for it any more, so that it is given up; for any thread
   */
  Future<Restorer.Restored> restore(
      boolean force, Function<Target, Future<Void>> receiver, BooleanSupplier gone) {
    return once(
            restores,
            "restore",
            () ->
                fresh()
                    .compose(unused -> blocking(() -> target(force)))
                    .compose(receiver)
                    .compose(unused -> blocking(() -> restore(force, gone)))
                    .eventually(() -> remove(folder.incoming())))
        .onSuccess(
            restored -> {
              restores.bytes.increment((double) restored.backup().bytes());
              LOG.warn(
                  "kv.restore done group={} revision={} entries={} bytes={}: the store was replaced",
                  group,
                  restored.revision(),
                  restored.backup().entries(),
                  restored.backup().bytes());
            });
  }

  private <T> Future<T> once(Meter meter, String what, Supplier<Future<T>> work) {
    if (meter.busy.compareAndSet(false, true)) {
      return run(meter, what, work);
    }
    return vertx
        .timer(GRACE_MS)
        .compose(
            unused ->
                meter.busy.compareAndSet(false, true)
                    ? run(meter, what, work)
                    : Failure.future(
                        FailureCode.CONFLICT, "another " + what + " is under way here"));
  }

  private <T> Future<T> run(Meter meter, String what, Supplier<Future<T>> work) {
    Timer.Sample sample = Timer.start();
    return Future.succeededFuture()
        .compose(unused -> work.get())
        .onComplete(
            result -> {
              long nanos = sample.stop(result.succeeded() ? meter.done : meter.failed);
              meter.busy.set(false);
              if (result.failed()) {
                LOG.warn(
                    "kv.{} failed group={} durationMs={} reason=\"{}\"",
                    what,
                    group,
                    Duration.ofNanos(nanos).toMillis(),
                    String.valueOf(result.cause().getMessage()));
              }
            });
  }

  /** All that was acknowledged before is applied here. */
  private Future<Void> fresh() {
    return Future.fromCompletionStage(
            engine.barrier(options.readTimeout()), vertx.getOrCreateContext())
        .recover(StoredKvService::unwrapped);
  }

  private Saved save() throws Exception {
    try (StateImage image = replica.backup()) {
      return new Saved(folder.outgoing(), image.revision(), folder.write(image));
    }
  }

  private Target target(boolean force) throws Exception {
    restorer.requireEmpty(force);
    folder.make();
    return new Target(
        folder.incoming(),
        Math.min(options.restoreBytes(), folder.room()),
        () -> blocking(folder::room).mapEmpty());
  }

  /** The log takes about as much once more, and files of values again. */
  private Restorer.Restored restore(boolean force, BooleanSupplier gone) throws Exception {
    int copies = options.spills() ? 2 : 1;
    long unused = folder.requireRoom(copies * Files.size(folder.incoming()));
    return restorer.restore(folder.incoming(), force, gone);
  }

  private Future<Boolean> remove(Path file) {
    return blocking(() -> Files.deleteIfExists(file));
  }

  private <T> Future<T> blocking(Callable<T> work) {
    return workers.executeBlocking(work, false);
  }
}
