package io.vertebra.queue;

import io.vertebra.api.Failure;
import io.vertebra.api.FailureCode;
import io.vertebra.api.Kernel;
import io.vertebra.kv.KvEntry;
import io.vertebra.kv.KvService;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All queues at their owner, as long as it is that. It began by overtaking the owner before in the
 * store, so of two that believe to be it one cannot write. Used on one context.
 */
final class QueuesJob {
  private static final Logger LOG = LoggerFactory.getLogger(QueuesJob.class);
  private static final long TICK_MS = 10;
  private static final long SWEEP_MS = 1_000;

  private final Kernel kernel;
  private final KvService kv;
  private final QueueOptions options;
  private final QueueMeters meters;
  private final Context context;
  private final Runnable lost;
  private final Sequence sequence;
  private final CommitJob commits;
  private final OwnerCheckJob check;
  private final MessageStore messages;
  private final CleanJob clean;
  private final Map<String, QueueJob> queues = new TreeMap<>();
  private final Map<String, RedriveJob> redrives = new TreeMap<>();
  private final Map<String, PushJob> pushes = new TreeMap<>();
  private long tick;
  private long sweep;
  private int waiting;
  private volatile boolean closed;

  /** What an owner needs. */
  record Parts(Kernel kernel, KvService kv, QueueOptions options, QueueMeters meters) {}

  QueuesJob(Parts parts, Context context, Runnable lost, Term term) {
    this.kernel = parts.kernel();
    this.kv = parts.kv();
    this.options = parts.options();
    this.meters = parts.meters();
    this.context = context;
    this.lost = lost;
    this.sequence = term.sequence();
    this.commits = new CommitJob(kernel.vertx(), kv, term, options.maxPending(), this::lose);
    this.check = new OwnerCheckJob(kv, term, this::lose);
    this.messages = new MessageStore(kv);
    this.clean = new CleanJob(kernel.vertx(), kv, commits);
  }

  /**
   * Becomes the owner, to be called on the context on which it is to work.
   *
   * @param lost called when it is the owner no more or has to begin anew; may be called again
   */
  static Future<QueuesJob> open(Parts parts, Runnable lost) {
    Context context = parts.kernel().vertx().getOrCreateContext();
    return new TermStore(parts.kv(), parts.kernel().node())
        .begin()
        .compose(
            term -> {
              QueuesJob owner = new QueuesJob(parts, context, lost, term);
              return owner.read().map(owner);
            });
  }

  private Future<Void> read() {
    return kv.all(QueueKeys.ALL_QUEUES)
        .map(
            all -> {
              begin(all.entries());
              return all;
            })
        .mapEmpty();
  }

  private void begin(List<KvEntry> entries) {
    for (KvEntry entry : entries) {
      String name = QueueKeys.name(entry.key());
      StoredQueue stored = StoredQueue.decode(name, entry.value(), entry.modRevision());
      queues.put(name, new QueueJob(this, stored));
    }
    loadAll(List.copyOf(queues.values()), 0);
    tick = vertx().setPeriodic(TICK_MS, due -> forEach(job -> job.tick(now())));
    sweep = vertx().setPeriodic(SWEEP_MS, due -> forEach(job -> job.sweep(now())));
    clean.start();
    LOG.info("queue.owner begins queues={}", queues.size());
  }

  /** One after the other, so that no more than one is half read. */
  private void loadAll(List<QueueJob> jobs, int next) {
    if (next < jobs.size() && !closed) {
      QueueJob job = jobs.get(next);
      job.load().onSuccess(loaded -> follow(job)).onSuccess(loaded -> loadAll(jobs, next + 1));
    }
  }

  private void forEach(Consumer<QueueJob> step) {
    List.copyOf(queues.values()).forEach(step);
  }

  /** Ends it; whatever waits fails, so that it is asked of the next owner. */
  void close() {
    if (closed) {
      return;
    }
    closed = true;
    vertx().cancelTimer(tick);
    vertx().cancelTimer(sweep);
    clean.stop();
    commits.close();
    redrives.values().forEach(RedriveJob::cancel);
    pushes.values().forEach(PushJob::stop);
    forEach(job -> job.close(CommitJob.moved()));
    meters.unfollow();
    LOG.info("queue.owner ends");
  }

  private void lose() {
    if (!closed) {
      LOG.warn("queue.owner lost");
      close();
      lost.run();
    }
  }

  /** Begins anew after something that must not fail did. */
  void giveUp(Throwable cause) {
    if (!closed) {
      LOG.warn("queue.owner cannot go on: {}", cause.getMessage());
      lose();
    }
  }

  Vertx vertx() {
    return kernel.vertx();
  }

  KvService kv() {
    return kv;
  }

  QueueOptions options() {
    return options;
  }

  QueueMeters meters() {
    return meters;
  }

  CommitJob commits() {
    return commits;
  }

  OwnerCheckJob check() {
    return check;
  }

  MessageStore messages() {
    return messages;
  }

  /** Milliseconds since 1970. */
  long now() {
    return kernel.clock().millis();
  }

  long nextId() {
    return sequence.next(now());
  }

  /** Takes note of something that failed and will be tried again. */
  void note(String what, Throwable cause) {
    LOG.debug("queue.owner {} failed", what, cause);
  }

  boolean beginWait() {
    if (waiting >= options.maxWaiting()) {
      return false;
    }
    waiting++;
    return true;
  }

  void endWait() {
    waiting--;
  }

  /** Runs something on the context of the owner. */
  void here(Runnable action) {
    context.runOnContext(unused -> action.run());
  }

  /** A queue that is there; throws {@code NOT_FOUND} if it is not. */
  QueueJob queue(String name) {
    return find(name).orElseThrow(() -> missing(name));
  }

  Optional<QueueJob> find(String name) {
    return Optional.ofNullable(queues.get(name));
  }

  static Failure missing(String name) {
    return new Failure(FailureCode.NOT_FOUND, "there is no queue " + name);
  }

  /** A queue, made with the defaults if it is not there. */
  Future<QueueJob> queueOrNew(String name) {
    return find(name)
        .map(Future::succeededFuture)
        .orElseGet(() -> create(name, QueueDefinition.defaults(name)));
  }

  Future<QueueJob> create(String name, QueueDefinition definition) {
    if (queues.size() >= options.maxQueues()) {
      return Failure.future(
          FailureCode.LIMITED, "there are " + options.maxQueues() + " queues, which is the most");
    }
    StoredQueue fresh = StoredQueue.fresh(name, nextId(), definition);
    QueueJob job = new QueueJob(this, fresh);
    queues.put(name, job);
    return commits
        .commit(new Change().put(QueueKeys.queue(name), fresh.encode()))
        .onSuccess(revision -> job.openEmpty(fresh.at(revision)))
        .onFailure(cause -> job.close(cause))
        .onFailure(cause -> removed(job))
        .map(job);
  }

  /** A queue is there no more. */
  void removed(QueueJob job) {
    String name = job.stored().name();
    if (queues.remove(name, job)) {
      meters.unfollow(name);
      Optional.ofNullable(redrives.remove(name)).ifPresent(RedriveJob::cancel);
      Optional.ofNullable(pushes.remove(name)).ifPresent(PushJob::stop);
    }
    cleanUp();
  }

  /** Has what is left of queues removed. */
  void cleanUp() {
    clean.start();
  }

  /** All queues in the order of their names. */
  Collection<QueueJob> all() {
    return queues.values();
  }

  boolean isClosed() {
    return closed;
  }

  /** The last redrive of a queue, if one is known. */
  Optional<RedriveJob> redrive(String queue) {
    return Optional.ofNullable(redrives.get(queue));
  }

  /** Has a redrive take the place of the one before. */
  void begin(String queue, RedriveJob redrive) {
    redrives.put(queue, redrive);
    redrive.start();
  }

  Future<QueueView> endSubscription(QueueJob job, String group, String address) {
    return job.change(stored -> PushJob.without(stored, group, address))
        .onSuccess(view -> follow(job));
  }

  /** Has messages sent to the addresses that want them, and to no others. */
  void follow(QueueJob job) {
    if (!closed) {
      pushes
          .computeIfAbsent(job.stored().name(), name -> new PushJob(new StorePushJob(job)))
          .follow(job.stored().subscriptions());
    }
  }
}
