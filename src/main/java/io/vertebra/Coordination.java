package io.vertebra;

import io.vertebra.api.Backend;
import io.vertebra.api.Kernel;
import io.vertebra.config.ConfigVerticle;
import io.vertebra.counter.CounterVerticle;
import io.vertebra.election.ElectionVerticle;
import io.vertebra.idempotency.IdempotencyService;
import io.vertebra.idempotency.IdempotencyVerticle;
import io.vertebra.ids.IdVerticle;
import io.vertebra.kv.KvService;
import io.vertebra.latch.LatchVerticle;
import io.vertebra.lock.BackendLockVerticle;
import io.vertebra.lock.LockOptions;
import io.vertebra.lock.LockService;
import io.vertebra.lock.LockVerticle;
import io.vertebra.queue.BackendQueueVerticle;
import io.vertebra.queue.QueueBackend;
import io.vertebra.queue.QueueOptions;
import io.vertebra.queue.QueueService;
import io.vertebra.queue.QueueVerticle;
import io.vertebra.redis.RedisService;
import io.vertebra.schedule.ScheduleVerticle;
import io.vertebra.session.SessionVerticle;
import io.vertebra.task.TaskVerticle;
import io.vertebra.webhook.AllowedHosts;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.util.Optional;
import java.util.function.Function;

/**
 * The concerns by which applications agree, each on the store or on the backend that its options
 * name. They run on nodes of the role {@code core}.
 */
final class Coordination {
  private final Kernel kernel;
  private final VertebraOptions options;
  private final KvService kv;
  private final KvService queueKv;
  private final Backends backends;
  private final IdempotencyVerticle idempotency;

  /**
   * @param kv the store
   * @param queueKv that of the queues
   */
  Coordination(Kernel kernel, VertebraOptions options, KvService kv, KvService queueKv) {
    this.kernel = kernel;
    this.options = options;
    this.kv = kv;
    this.queueKv = queueKv;
    this.backends = new Backends(kernel, options);
    this.idempotency =
        runs() && options.idempotency().backend() == Backend.REDIS
            ? IdempotencyVerticle.stored(kernel, options.idempotency(), redis().orElseThrow())
            : IdempotencyVerticle.stored(kernel, options.idempotency(), kv);
  }

  private boolean runs() {
    return options.node().runs("core");
  }

  /** Redis, if the options name it. */
  Optional<RedisService> redis() {
    return backends.redis();
  }

  /** What was done once, for this node's own operations whatever its role. */
  IdempotencyService idempotency() {
    return idempotency.service();
  }

  /** Opens the clients of the backends and then the concerns. */
  Future<Void> open(Function<VerticleBase, Future<Void>> deploy) {
    Future<Void> clients = backends.open(deploy);
    return runs()
        ? clients
            .compose(opened -> openLocks(deploy))
            .compose(opened -> deploy.apply(counters()))
            .compose(opened -> deploy.apply(sessions()))
            .compose(opened -> deploy.apply(IdVerticle.stored(kernel, kv)))
            .compose(opened -> deploy.apply(idempotency))
            .compose(opened -> deploy.apply(configuration()))
            .compose(opened -> openQueues(deploy))
            .compose(opened -> deploy.apply(schedules()))
        : clients;
  }

  private Future<Void> openLocks(Function<VerticleBase, Future<Void>> deploy) {
    if (options.lock().backend() == Backend.KV) {
      LockVerticle locks = new LockVerticle(kernel, options.lock(), kv, System::nanoTime);
      return deploy.apply(locks).compose(opened -> openOnLocks(deploy, locks.service()));
    }
    BackendLockVerticle locks = backendLocks(options.lock());
    return deploy.apply(locks).compose(opened -> openOnLocks(deploy, locks.service()));
  }

  private BackendLockVerticle backendLocks(LockOptions wanted) {
    return wanted.backend() == Backend.REDIS
        ? BackendLockVerticle.stored(kernel, wanted, redis().orElseThrow(), System::nanoTime)
        : BackendLockVerticle.stored(kernel, wanted, backends.sql(), System::nanoTime);
  }

  private Future<Void> openOnLocks(Function<VerticleBase, Future<Void>> deploy, LockService locks) {
    return deploy
        .apply(new ElectionVerticle(kernel, locks))
        .compose(opened -> deploy.apply(new LatchVerticle(kernel, kv)));
  }

  private ConfigVerticle configuration() {
    return options.config().backend() == Backend.REDIS
        ? ConfigVerticle.stored(kernel, options.config(), redis().orElseThrow())
        : ConfigVerticle.stored(kernel, options.config(), kv);
  }

  private CounterVerticle counters() {
    return options.counter().backend() == Backend.REDIS
        ? CounterVerticle.stored(kernel, redis().orElseThrow())
        : CounterVerticle.stored(kernel, kv);
  }

  private Future<Void> openQueues(Function<VerticleBase, Future<Void>> deploy) {
    QueueOptions wanted = options.queue();
    AllowedHosts hosts = options.webhookHosts();
    int connections = options.webhook().maxConnections();
    if (wanted.backend() == QueueBackend.REDIS) {
      BackendQueueVerticle queues =
          BackendQueueVerticle.stored(
              kernel, wanted, redis().orElseThrow(), kv, hosts, connections, System::nanoTime);
      return deploy.apply(queues).compose(opened -> deploy.apply(tasks(queues.service())));
    }
    QueueVerticle queues =
        wanted.backend() == QueueBackend.KAFKA
            ? QueueVerticle.stored(
                kernel, wanted, backends.kafka(), kv, hosts, connections, System::nanoTime)
            : QueueVerticle.stored(
                kernel, wanted, queueKv, kv, hosts, connections, System::nanoTime);
    return deploy.apply(queues).compose(opened -> deploy.apply(tasks(queues.service())));
  }

  private TaskVerticle tasks(QueueService queues) {
    return TaskVerticle.stored(kernel, options.task(), kv, queues, System::nanoTime);
  }

  private ScheduleVerticle schedules() {
    return ScheduleVerticle.stored(
        kernel, options.schedule(), kv, options.webhookHosts(), options.webhook().maxConnections());
  }

  private SessionVerticle sessions() {
    return options.session().backend() == Backend.REDIS
        ? SessionVerticle.stored(kernel, options.session(), redis().orElseThrow(), System::nanoTime)
        : SessionVerticle.stored(kernel, options.session(), kv, System::nanoTime);
  }
}
