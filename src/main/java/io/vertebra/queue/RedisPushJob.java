package io.vertebra.queue;

import io.vertebra.api.Kernel;
import io.vertebra.queue.RedisQueueStore.Script;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.redis.client.Response;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves subscriptions to queues in Redis. Each is served by one node, the one that was asked for
 * it, which renews its claim in Redis; another node takes over what is not renewed. Its state
 * belongs to its context.
 */
final class RedisPushJob {
  private static final Logger LOG = LoggerFactory.getLogger(RedisPushJob.class);
  private static final long EVERY_MS = 1_000;
  private static final long CLAIM_MS = 5_000;

  private final Kernel kernel;
  private final Context context;
  private final RedisQueueStore store;
  private final QueueService queues;
  private final Duration idle;
  private final Map<String, PushJob> pushes = new HashMap<>();
  private volatile boolean stopped;
  private long timer;

  /**
   * @param queues whose messages they are
   * @param idle after which a subscription ends whose address nobody hears
   */
  RedisPushJob(Kernel kernel, RedisQueueStore store, QueueService queues, Duration idle) {
    this.kernel = kernel;
    this.context = kernel.vertx().getOrCreateContext();
    this.store = store;
    this.queues = queues;
    this.idle = idle;
  }

  void start() {
    timer =
        kernel
            .vertx()
            .setPeriodic(
                0, EVERY_MS, due -> claim().onFailure(cause -> LOG.debug("queue.push", cause)));
  }

  void stop() {
    stopped = true;
    kernel.vertx().cancelTimer(timer);
    context.runOnContext(now -> follow(Map.of()));
  }

  /** Serves what is claimed for this node, and nothing else. */
  Future<Void> claim() {
    return store
        .run(Script.CLAIM, "", List.of(kernel.node(), Long.toString(CLAIM_MS)))
        .compose(
            answer -> {
              Map<String, List<Subscription>> claimed = new HashMap<>();
              for (Response queue : answer.get(0)) {
                claimed.put(
                    queue.get(0).toString(),
                    RedisQueueService.subscriptions(queue.get(1).toString()));
              }
              Promise<Void> followed = Promise.promise();
              context.runOnContext(
                  now -> {
                    follow(stopped ? Map.of() : claimed);
                    followed.complete();
                  });
              return followed.future();
            });
  }

  private void follow(Map<String, List<Subscription>> wanted) {
    Set<String> gone = new HashSet<>(pushes.keySet());
    gone.removeAll(wanted.keySet());
    for (String queue : gone) {
      PushJob ended = pushes.remove(queue);
      if (ended != null) {
        ended.stop();
      }
    }
    wanted.forEach(
        (queue, subscriptions) ->
            pushes
                .computeIfAbsent(queue, name -> new PushJob(new Source(name)))
                .follow(subscriptions));
  }

  /** A queue in Redis whose messages are pushed. */
  private final class Source implements PushJob.Source {
    private final String queue;

    Source(String queue) {
      this.queue = queue;
    }

    @Override
    public Vertx vertx() {
      return kernel.vertx();
    }

    @Override
    public long now() {
      return kernel.clock().millis();
    }

    @Override
    public Duration idle() {
      return idle;
    }

    @Override
    public boolean isClosed() {
      return stopped;
    }

    @Override
    public Future<List<ReceivedMessage>> receive(ReceiveMessages request, Future<Void> gone) {
      return queues.receive(request, gone);
    }

    @Override
    public Future<?> settle(Settlement settlement) {
      return queues.settle(queue, List.of(settlement)).map(settled -> settled.get(0).get());
    }

    @Override
    public Future<?> release(String receipt, long rest) {
      return new RedisSettleJob(store).release(queue, List.of(receipt), Duration.ofMillis(rest));
    }

    @Override
    public Future<?> end(String group, String address) {
      return queues.unsubscribe(queue, group, address);
    }

    @Override
    public void note(String what, Throwable cause) {
      LOG.debug("queue.push {} failed queue={}", what, queue, cause);
    }
  }
}
