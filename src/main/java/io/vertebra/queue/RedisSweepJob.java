package io.vertebra.queue;

import io.vertebra.queue.RedisQueueStore.Script;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has done what is due in queues in Redis that nobody asks about, and shows how queues stand. Every
 * node tries; Redis lets one at a time.
 */
final class RedisSweepJob {
  private static final Logger LOG = LoggerFactory.getLogger(RedisSweepJob.class);
  private static final long EVERY_MS = 1_000;
  private static final long SHOW_MS = 5_000;

  private final Vertx vertx;
  private final RedisQueueStore store;
  private final QueueService queues;
  private final Map<String, QueueView> shown = new ConcurrentHashMap<>();
  private boolean sweeping;
  private boolean showing;
  private long sweep;
  private long show;

  RedisSweepJob(Vertx vertx, RedisQueueStore store, QueueService queues) {
    this.vertx = vertx;
    this.store = store;
    this.queues = queues;
  }

  void start() {
    sweep = vertx.setPeriodic(EVERY_MS, due -> sweep());
    show = vertx.setPeriodic(0, SHOW_MS, due -> show());
  }

  void stop() {
    vertx.cancelTimer(sweep);
    vertx.cancelTimer(show);
  }

  private void sweep() {
    if (!sweeping) {
      sweeping = true;
      round()
          .onFailure(cause -> LOG.debug("queue.sweep failed", cause))
          .onComplete(done -> sweeping = false);
    }
  }

  private Future<Void> round() {
    return store
        .run(Script.SWEEP, "", List.of(Long.toString(EVERY_MS)))
        .compose(answer -> answer.get(0).toInteger() == 1 ? round() : Future.succeededFuture());
  }

  private void show() {
    if (!showing) {
      showing = true;
      queues
          .list(ListQueues.all())
          .onSuccess(page -> show(page.items()))
          .onFailure(cause -> LOG.debug("queue.show failed", cause))
          .onComplete(done -> showing = false);
    }
  }

  private void show(List<QueueView> views) {
    Set<String> gone = new HashSet<>(shown.keySet());
    for (QueueView view : views) {
      String name = view.name();
      gone.remove(name);
      if (shown.put(name, view) == null) {
        store.meters().follow(name, () -> Objects.requireNonNull(shown.get(name)));
      }
    }
    for (String name : gone) {
      store.meters().unfollow(name);
      shown.remove(name);
    }
  }
}
