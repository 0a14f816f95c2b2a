package io.vertebra.queue;

import io.vertebra.api.Failure;
import io.vertebra.api.FailureCode;
import io.vertebra.api.Kernel;
import io.vertebra.kafka.KafkaClients;
import io.vertebra.kv.KeyRange;
import io.vertebra.kv.KvEntry;
import io.vertebra.kv.KvService;
import io.vertebra.kv.Op;
import io.vertebra.kv.Txn;
import io.vertebra.queue.KafkaReadJob.Batch;
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
 * All queues of Kafka at their owner, as long as it is that: it overtook the owner before in the
 * store, for what queues are, and in Kafka, for what groups are done with. Used on one context.
 */
final class KafkaQueuesJob {
  private static final Logger LOG = LoggerFactory.getLogger(KafkaQueuesJob.class);
  private static final long TICK_MS = 10;
  private static final long SWEEP_MS = 1_000;
  private static final long AGAIN_MS = 1_000;

  private final Parts parts;
  private final Context context;
  private final Runnable lost;
  private final Term term;
  private final OwnerCheckJob check;
  private final KafkaCommitJob writer;
  private final KafkaTopicStore topics;
  private final KafkaScanJob scan;
  private final KafkaUpkeepJob upkeep;
  private final Map<String, KafkaQueueJob> queues = new TreeMap<>();
  private final Map<String, KafkaRedriveJob> redrives = new TreeMap<>();
  private final Map<String, PushJob> pushes = new TreeMap<>();
  private long tick;
  private long sweep;
  private int waiting;
  private Future<Void> raising = Future.succeededFuture();
  private volatile boolean closed;

  /** What an owner needs. */
  record Parts(
      Kernel kernel, KvService kv, QueueOptions options, KafkaClients kafka, QueueMeters meters) {}

  /** What an owner loses first becomes known to its writer, maybe before there is an owner. */
  private static final class Loss {
    private boolean happened;
    private Runnable heard = () -> happened = true;

    Future<Void> check() {
      return happened ? Future.failedFuture(CommitJob.moved()) : Future.succeededFuture();
    }
  }

  private KafkaQueuesJob(
      Parts parts, Context context, Runnable lost, Term term, KafkaCommitJob writer) {
    this.parts = parts;
    this.context = context;
    this.lost = lost;
    this.term = term;
    this.check = new OwnerCheckJob(parts.kv(), term, this::lose);
    this.writer = writer;
    this.topics = new KafkaTopicStore(parts.kafka(), parts.options());
    this.scan = new KafkaScanJob(parts.kafka(), topics);
    this.upkeep = new KafkaUpkeepJob(this);
  }

  /**
   * Becomes the owner, to be called on the context on which it is to work.
   *
   * @param lost called when it is the owner no more or has to begin anew; may be called again
   */
  static Future<KafkaQueuesJob> open(Parts parts, Runnable lost) {
    Vertx vertx = parts.kernel().vertx();
    Context context = vertx.getOrCreateContext();
    Loss loss = new Loss();
    QueueOptions options = parts.options();
    return new TermStore(parts.kv(), parts.kernel().node())
        .begin()
        .compose(
            term ->
                KafkaCommitJob.open(
                        vertx,
                        parts.kafka(),
                        options.kafka(),
                        options.maxPending(),
                        () -> loss.heard.run())
                    .compose(
                        writer -> {
                          KafkaQueuesJob owner =
                              new KafkaQueuesJob(parts, context, lost, term, writer);
                          loss.heard = owner::lose;
                          return loss.check()
                              .compose(none -> owner.roomForIds())
                              .compose(still -> owner.read())
                              .onFailure(cause -> writer.close())
                              .map(owner);
                        }));
  }

  private Future<Void> read() {
    return parts
        .kv()
        .all(QueueKeys.ALL_KAFKA_QUEUES)
        .onSuccess(all -> begin(all.entries()))
        .mapEmpty();
  }

  private void begin(List<KvEntry> entries) {
    for (KvEntry entry : entries) {
      String name = QueueKeys.kafkaName(entry.key());
      StoredQueue stored = StoredQueue.decode(name, entry.value(), entry.modRevision());
      queues.put(name, new KafkaQueueJob(this, stored));
    }
    loadAll(List.copyOf(queues.values()), 0);
    tick = vertx().setPeriodic(TICK_MS, due -> forEach(queue -> queue.tick(now())));
    sweep = vertx().setPeriodic(SWEEP_MS, due -> upkeep.sweep(now()));
    LOG.info("queue.owner begins backend=kafka queues={}", queues.size());
  }

  /** One after the other; one that cannot be read is tried again while the others work. */
  private void loadAll(List<KafkaQueueJob> all, int next) {
    if (next < all.size() && !closed) {
      load(all.get(next)).onComplete(tried -> loadAll(all, next + 1));
    }
  }

  private Future<Void> load(KafkaQueueJob queue) {
    return queue
        .load()
        .onSuccess(loaded -> follow(queue))
        .onFailure(
            cause -> {
              LOG.warn(
                  "queue.kafka cannot open queue={} cause={}", queue.name(), cause.getMessage());
              queue.failed(cause);
              vertx().setTimer(AGAIN_MS, due -> loadAgain(queue));
            });
  }

  private void loadAgain(KafkaQueueJob queue) {
    if (!closed && !queue.isClosed()) {
      load(queue).onFailure(cause -> note("open", cause));
    }
  }

  private void forEach(Consumer<KafkaQueueJob> step) {
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
    redrives.values().forEach(KafkaRedriveJob::cancel);
    pushes.values().forEach(PushJob::stop);
    forEach(queue -> queue.close(CommitJob.moved()));
    writer.close();
    parts.meters().unfollow();
    LOG.info("queue.owner ends backend=kafka");
  }

  private void lose() {
    if (!closed) {
      LOG.warn("queue.owner lost backend=kafka");
      close();
      lost.run();
    }
  }

  /** Begins anew after something that must not fail did. */
  void giveUp(Throwable cause) {
    if (!closed) {
      LOG.warn("queue.owner cannot go on backend=kafka cause={}", cause.getMessage());
      lose();
    }
  }

  Vertx vertx() {
    return parts.kernel().vertx();
  }

  QueueOptions options() {
    return parts.options();
  }

  QueueMeters meters() {
    return parts.meters();
  }

  KafkaCommitJob writer() {
    return writer;
  }

  OwnerCheckJob check() {
    return check;
  }

  KafkaTopicStore topics() {
    return topics;
  }

  KafkaScanJob scan() {
    return scan;
  }

  KafkaReadJob reader(String topic, Map<Integer, Long> from, Consumer<Batch> taker) {
    return new KafkaReadJob(topic, from, parts.kafka(), context, taker);
  }

  /** Milliseconds since 1970. */
  long now() {
    return parts.kernel().clock().millis();
  }

  /** The id of a message, for which there has to be {@link #roomForIds}. */
  long nextId() {
    return term.sequence().next(now());
  }

  /** What no owner gave out before, such as the number of a delivery. */
  long nextNumber() {
    return term.sequence().next();
  }

  /**
   * Completes when ids of now may be given out. A record is not in one transaction with the ceiling
   * as in the store, so the store has to hold that before: else the next owner, whose clock may be
   * behind, gives out the same ids again.
   */
  Future<Void> roomForIds() {
    return term.sequence().hasRoom(now())
        ? Future.succeededFuture()
        : raiseCeiling().compose(raised -> roomForIds());
  }

  private Future<Void> raiseCeiling() {
    if (raising.isComplete()) {
      long ceiling = term.sequence().wanted(now());
      raising =
          write(TermStore.ceiling(ceiling))
              .onSuccess(written -> term.sequence().raised(ceiling))
              .mapEmpty();
    }
    return raising;
  }

  /** Takes note of something that failed and will be tried again. */
  void note(String what, Throwable cause) {
    LOG.debug("queue.owner {} failed", what, cause);
  }

  boolean beginWait() {
    if (waiting >= options().maxWaiting()) {
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

  /** Keeps what a queue is; answers the revision. */
  Future<Long> put(StoredQueue queue) {
    return write(Op.put(QueueKeys.kafkaQueue(queue.name()), queue.encode()));
  }

  private Future<Long> write(Op step) {
    return parts
        .kv()
        .txn(Txn.of(step).under(term.fence()))
        .map(result -> result.revision())
        .recover(
            cause -> {
              if (Failure.of(cause).code() != FailureCode.FENCED) {
                return Future.failedFuture(cause);
              }
              lose();
              return Future.failedFuture(CommitJob.moved());
            });
  }

  /** A queue that is there; throws {@code NOT_FOUND} if it is not. */
  KafkaQueueJob queue(String name) {
    return find(name).orElseThrow(() -> QueuesJob.missing(name));
  }

  Optional<KafkaQueueJob> find(String name) {
    return Optional.ofNullable(queues.get(name));
  }

  /** A queue, made with the defaults if it is not there. */
  Future<KafkaQueueJob> queueOrNew(String name) {
    return find(name)
        .map(found -> found.enter(() -> Future.succeededFuture(found)))
        .orElseGet(() -> create(name, QueueDefinition.defaults(name)));
  }

  Future<KafkaQueueJob> create(String name, QueueDefinition definition) {
    if (queues.size() >= options().maxQueues()) {
      return Failure.future(
          FailureCode.LIMITED, "there are " + options().maxQueues() + " queues, which is the most");
    }
    requireRoomForGroup();
    KafkaQueueJob queue = new KafkaQueueJob(this, StoredQueue.fresh(name, 0, definition));
    queues.put(name, queue);
    return topics
        .make(name)
        .compose(ours -> queue.keep(StoredQueue.fresh(name, ours ? nextNumber() : 0, definition)))
        .compose(kept -> queue.load())
        .onFailure(cause -> removed(queue, Failure.of(cause)))
        .map(queue);
  }

  /** Throws {@code LIMITED} if there are as many groups as there may be. */
  void requireRoomForGroup() {
    int groups = queues.values().stream().mapToInt(each -> each.stored().groups().size()).sum();
    int most = options().kafka().maxGroups();
    if (groups >= most) {
      throw new Failure(
          FailureCode.LIMITED, "the queues of Kafka have " + most + " groups, which is the most");
    }
  }

  /** Keeps a queue no more. */
  Future<Void> drop(KafkaQueueJob queue) {
    return write(new Op.Delete(KeyRange.one(QueueKeys.kafkaQueue(queue.name())), false))
        .onSuccess(written -> removed(queue, QueuesJob.missing(queue.name())))
        .mapEmpty();
  }

  private void removed(KafkaQueueJob queue, Failure cause) {
    if (queues.remove(queue.name(), queue)) {
      meters().unfollow(queue.name());
      Optional.ofNullable(redrives.remove(queue.name())).ifPresent(KafkaRedriveJob::cancel);
      Optional.ofNullable(pushes.remove(queue.name())).ifPresent(PushJob::stop);
      queue.close(cause);
    }
  }

  /** All queues in the order of their names. */
  Collection<KafkaQueueJob> all() {
    return queues.values();
  }

  boolean isClosed() {
    return closed;
  }

  /** The last redrive of a queue, if one is known. */
  Optional<KafkaRedriveJob> redrive(String queue) {
    return Optional.ofNullable(redrives.get(queue));
  }

  /** Has a redrive take the place of the one before. */
  void begin(String queue, KafkaRedriveJob redrive) {
    redrives.put(queue, redrive);
    redrive.start();
  }

  Future<QueueView> endSubscription(KafkaQueueJob queue, String group, String address) {
    return queue
        .change(stored -> PushJob.without(stored, group, address))
        .onSuccess(view -> follow(queue));
  }

  /** Has messages sent to the addresses that want them, and to no others. */
  void follow(KafkaQueueJob queue) {
    if (!closed) {
      pushes
          .computeIfAbsent(queue.name(), name -> new PushJob(new KafkaPushJob(queue)))
          .follow(queue.stored().subscriptions());
    }
  }
}
