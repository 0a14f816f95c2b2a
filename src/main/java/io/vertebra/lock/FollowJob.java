package io.vertebra.lock;

import io.vertebra.api.Failure;
import io.vertebra.api.FailureCode;
import io.vertebra.kv.KvEntry;
import io.vertebra.kv.KvEvent;
import io.vertebra.kv.KvService;
import io.vertebra.kv.RangeResult;
import io.vertebra.kv.RangeWatch;
import io.vertebra.kv.WatchBatch;
import io.vertebra.kv.WatchRequest;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the mirror: reads all locks once, then follows their changes by one watch for all who wait
 * on this node.
 */
final class FollowJob implements RangeWatch.Follower {
  private static final Logger LOG = LoggerFactory.getLogger(FollowJob.class);
  private static final long READY_MS = 5_000;
  private static final Duration PROGRESS = Duration.ofSeconds(1);

  private final RangeWatch locks;
  private final LockMirror mirror;
  private final QueueJob queue;
  private final Consumer<List<KvEvent>> listener;
  private final Promise<Void> ready = Promise.promise();

  /**
   * @param listener told what changed, in order
   */
  FollowJob(
      Vertx vertx,
      KvService kv,
      LockMirror mirror,
      QueueJob queue,
      Consumer<List<KvEvent>> listener) {
    WatchRequest request = new WatchRequest(LockKeys.ALL, 0, true, PROGRESS);
    this.locks = new RangeWatch(vertx, kv, request, "lock.follow", this);
    this.mirror = mirror;
    this.queue = queue;
    this.listener = listener;
  }

  void start() {
    locks.start();
  }

  void stop() {
    locks.stop();
  }

  @Override
  public Future<?> replace(RangeResult all) {
    List<KvEntry> queued =
        all.entries().stream()
            .filter(entry -> LockKeys.parse(entry.key()).part() != LockKeys.Part.EXCLUSIVE)
            .toList();
    queue.heard(mirror.load(queued, all.revision()));
    queue.sweep();
    ready.tryComplete();
    return Future.succeededFuture();
  }

  @Override
  public Future<?> change(WatchBatch batch) {
    heard(batch);
    return Future.succeededFuture();
  }

  /** Completes once the locks have been read. */
  Future<Void> ready() {
    return ready.future().isComplete()
        ? ready.future()
        : ready
            .future()
            .timeout(READY_MS, TimeUnit.MILLISECONDS)
            .recover(
                late ->
                    Failure.future(FailureCode.UNAVAILABLE, "the locks have not been read yet"));
  }

  private void heard(WatchBatch batch) {
    try {
      queue.heard(mirror.apply(batch.events(), batch.revision()));
      if (!batch.events().isEmpty()) {
        listener.accept(batch.events());
      }
    } catch (RuntimeException failure) {
      LOG.error("lock.follow failed revision={}", batch.revision(), failure);
    }
  }
}
