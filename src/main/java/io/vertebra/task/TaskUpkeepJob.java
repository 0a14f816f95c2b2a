package io.vertebra.task;

import io.vertebra.kv.Bytes;
import io.vertebra.kv.KeyRange;
import io.vertebra.kv.KvEntry;
import io.vertebra.kv.KvService;
import io.vertebra.kv.RangeRequest;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends what was to be cancelled once its worker's lease is over, and forgets what ended long ago or
 * is too much, on the node that leads the store. Each step is right whoever takes it.
 */
final class TaskUpkeepJob {
  private static final Logger LOG = LoggerFactory.getLogger(TaskUpkeepJob.class);
  private static final long EVERY_MS = 1_000;
  private static final int AT_ONCE = 100;
  private static final long MOST_FORGOTTEN = 2_000;

  private final Vertx vertx;
  private final KvService kv;
  private final TaskStore tasks;
  private final TaskOptions options;
  private final TaskMeters meters;
  private final Clock clock;
  private boolean running;
  private long timer;

  TaskUpkeepJob(
      Vertx vertx,
      KvService kv,
      TaskStore tasks,
      TaskOptions options,
      TaskMeters meters,
      Clock clock) {
    this.vertx = vertx;
    this.kv = kv;
    this.tasks = tasks;
    this.options = options;
    this.meters = meters;
    this.clock = clock;
  }

  void start() {
    timer = vertx.setPeriodic(EVERY_MS, due -> look());
  }

  void stop() {
    vertx.cancelTimer(timer);
  }

  private void look() {
    if (!kv.status().isLeader()) {
      meters.tasks.set(0);
      meters.kept.set(0);
      return;
    }
    if (running) {
      return;
    }
    running = true;
    Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
    cancel(now)
        .compose(done -> forget(TaskKeys.keptUntil(now.minus(options.keep())), MOST_FORGOTTEN))
        .compose(done -> forgetSurplus())
        .onFailure(cause -> LOG.warn("task.upkeep failed, tries again: {}", cause.getMessage()))
        .onComplete(done -> running = false);
  }

  private Future<Void> cancel(Instant now) {
    return kv.range(RangeRequest.all(TaskKeys.cancellingUntil(now)).limited(AT_ONCE))
        .compose(found -> cancel(found.entries(), 0, now));
  }

  private Future<Void> cancel(List<KvEntry> due, int next, Instant now) {
    return next == due.size()
        ? Future.succeededFuture()
        : tasks
            .change(TaskKeys.idIn(due.get(next).key()), task -> task.abandoned(now))
            .compose(done -> cancel(due, next + 1, now));
  }

  private Future<Void> forgetSurplus() {
    return number(TaskKeys.COUNT)
        .onSuccess(meters.tasks::set)
        .compose(all -> number(TaskKeys.KEPT_COUNT))
        .onSuccess(meters.kept::set)
        .compose(
            kept -> {
              long surplus = kept - options.maxKept();
              return surplus > 0
                  ? forget(TaskKeys.ALL_KEPT, Math.min(surplus, MOST_FORGOTTEN))
                  : Future.succeededFuture();
            });
  }

  private Future<Long> number(Bytes key) {
    return kv.get(key)
        .map(found -> found.map(entry -> Long.parseLong(entry.value().toString())).orElse(0L));
  }

  /** The first ones of a range, some at once. */
  private Future<Void> forget(KeyRange range, long most) {
    return kv.range(RangeRequest.all(range).limited((int) Math.min(most, AT_ONCE)))
        .compose(
            found -> {
              long rest = most - found.entries().size();
              Future<Void> forgotten =
                  Future.all(found.entries().stream().map(KvEntry::key).map(tasks::forget).toList())
                      .mapEmpty();
              return rest > 0 && found.more()
                  ? forgotten.compose(done -> forget(range, rest))
                  : forgotten;
            });
  }
}
