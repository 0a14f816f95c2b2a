package io.vertebra.queue;

import io.vertebra.api.Failure;
import io.vertebra.api.FailureCode;
import io.vertebra.queue.QueueMeters.Event;
import io.vertebra.queue.RedisQueueStore.Script;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.redis.client.Response;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives messages of queues in Redis to receivers on this node. Those who wait are served when Redis
 * tells that there is something, when something becomes due, and now and then, since nobody tells
 * of what others put into a stream. Its state belongs to its context.
 */
final class RedisReceiveJob {
  private static final Logger LOG = LoggerFactory.getLogger(RedisReceiveJob.class);

  /** So often is looked for those who wait. */
  private static final long POLL_MS = 250;

  /** Most receivers of a group that are served at once. */
  private static final int MAX_SERVED = 16;

  private final Vertx vertx;
  private final Context context;
  private final RedisQueueStore store;
  private final int maxWaiting;
  private final DepartureWatch departures;
  private final Map<Lane, Lane> lanes = new HashMap<>();
  private @Nullable Runnable unfollow;
  private int waiting;

  /**
   * @param dueMs when something becomes due next, in milliseconds from then; -1 for never
   */
  private record Look(List<ReceivedMessage> messages, long dueMs) {}

  RedisReceiveJob(Vertx vertx, RedisQueueStore store, int maxWaiting) {
    this.vertx = vertx;
    this.context = vertx.getOrCreateContext();
    this.store = store;
    this.maxWaiting = maxWaiting;
    this.departures = new DepartureWatch(end -> context.runOnContext(now -> end.run()));
  }

  void start() {
    unfollow = store.follow(queue -> context.runOnContext(now -> heard(queue)));
  }

  void stop() {
    if (unfollow != null) {
      unfollow.run();
    }
    context.runOnContext(
        now -> {
          Failure closed = new Failure(FailureCode.UNAVAILABLE, "this node stops");
          List.copyOf(lanes.values()).forEach(lane -> lane.close(closed));
        });
  }

  Future<List<ReceivedMessage>> receive(ReceiveMessages request, Future<Void> gone) {
    return look(request)
        .compose(
            look ->
                look.messages().isEmpty() && !request.patience().isZero()
                    ? await(request, gone)
                    : Future.succeededFuture(look.messages()))
        .onSuccess(
            messages -> {
              if (gone.isComplete()) {
                giveBack(request, messages);
              }
            });
  }

  private void giveBack(ReceiveMessages request, List<ReceivedMessage> messages) {
    if (!messages.isEmpty()) {
      new RedisSettleJob(store)
          .release(
              request.queue(),
              messages.stream().map(ReceivedMessage::receipt).toList(),
              Duration.ZERO)
          // Their time will end.
          .onFailure(cause -> LOG.debug("queue.receive not given back", cause));
    }
  }

  private Future<Look> look(ReceiveMessages request) {
    String visibility =
        request.visibility().map(Duration::toMillis).map(String::valueOf).orElse("");
    return store
        .run(
            Script.RECEIVE,
            request.queue(),
            List.of(request.group(), Integer.toString(request.max()), visibility))
        .map(
            answer -> {
              List<ReceivedMessage> messages =
                  RedisQueueStore.list(answer.get(1)).stream()
                      .map(told -> received(request.group(), told))
                      .toList();
              store.meters().of(request.queue()).add(Event.RECEIVED, messages.size());
              return new Look(messages, answer.get(0).toLong());
            });
  }

  private static ReceivedMessage received(String group, Response told) {
    String id = told.get(0).toString();
    long number = QueueFields.number(told.get(1).toString());
    return new ReceivedMessage(
        StreamEntry.message(
            id, told.get(5).toLong(), told.get(6).toLong(), RedisQueueStore.fields(told.get(7))),
        new Receipt(QueueFields.number(id), number, group).text(),
        told.get(2).toInteger(),
        Instant.ofEpochMilli(told.get(3).toLong()),
        Instant.ofEpochMilli(told.get(4).toLong()));
  }

  private Future<List<ReceivedMessage>> await(ReceiveMessages request, Future<Void> gone) {
    Promise<List<ReceivedMessage>> answer = Promise.promise();
    context.runOnContext(now -> enter(new Waiter(request, answer), gone));
    return Future.fromCompletionStage(
        answer.future().toCompletionStage(), vertx.getOrCreateContext());
  }

  private void enter(Waiter waiter, Future<Void> gone) {
    if (waiting >= maxWaiting) {
      waiter.answer.fail(new Failure(FailureCode.UNAVAILABLE, "too many receivers wait"));
      return;
    }
    waiting++;
    waiter.answer.future().onComplete(ended -> waiting--);
    Lane asked = new Lane(waiter.request.queue(), waiter.request.group());
    Lane lane = lanes.computeIfAbsent(asked, made -> made);
    lane.waiters.add(waiter);
    long timer =
        vertx.setTimer(
            Math.max(1, waiter.request.patience().toMillis()), over -> lane.leave(waiter));
    waiter.answer.future().onComplete(ended -> vertx.cancelTimer(timer));
    Runnable stay = departures.add(gone, () -> lane.leave(waiter));
    waiter.answer.future().onComplete(ended -> stay.run());
    lane.serve(1);
  }

  private void heard(String queue) {
    for (Lane lane : List.copyOf(lanes.values())) {
      if (queue.isEmpty() || lane.queue.equals(queue)) {
        lane.serve(1);
      }
    }
  }

  /** Who waits for a message. */
  private record Waiter(ReceiveMessages request, Promise<List<ReceivedMessage>> answer) {

    boolean isOver() {
      return answer.future().isComplete();
    }
  }

  /** Those who wait for messages of a group. */
  private final class Lane {
    final String queue;
    final String group;
    final Deque<Waiter> waiters = new ArrayDeque<>();
    private boolean looking;
    private boolean again;
    private long timer = -1;

    Lane(String queue, String group) {
      this.queue = queue;
      this.group = group;
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Lane lane && lane.queue.equals(queue) && lane.group.equals(group);
    }

    @Override
    public int hashCode() {
      return queue.hashCode() * 31 + group.hashCode();
    }

    void leave(Waiter waiter) {
      if (waiter.answer.tryComplete(List.of()) && waiters.remove(waiter)) {
        endIfEmpty();
      }
    }

    void close(Failure cause) {
      List<Waiter> all = List.copyOf(waiters);
      waiters.clear();
      all.forEach(waiter -> waiter.answer.tryFail(cause));
      endIfEmpty();
    }

    private void endIfEmpty() {
      if (waiters.isEmpty() && !looking) {
        vertx.cancelTimer(timer);
        lanes.remove(this);
      }
    }

    /** Looks for some of those who wait, and as long as there is something for more. */
    void serve(int most) {
      if (looking) {
        again = true;
        return;
      }
      vertx.cancelTimer(timer);
      looking = true;
      again = false;
      List<Future<Look>> looks = new ArrayList<>();
      List<Waiter> served = new ArrayList<>();
      while (served.size() < most && !waiters.isEmpty()) {
        Waiter waiter = waiters.remove();
        served.add(waiter);
        looks.add(look(waiter.request));
      }
      Future.join(looks).onComplete(all -> context.runOnContext(now -> served(served, looks)));
    }

    private void served(List<Waiter> served, List<Future<Look>> looks) {
      looking = false;
      boolean none = served.isEmpty();
      long due = POLL_MS;
      for (int i = served.size() - 1; i >= 0; i--) {
        Future<Look> look = looks.get(i);
        Waiter waiter = served.get(i);
        if (look.failed()) {
          waiter.answer.tryFail(look.cause());
        } else if (look.result().messages().isEmpty()) {
          none = true;
          due = look.result().dueMs() < 0 ? due : Math.min(due, look.result().dueMs());
          if (!waiter.isOver()) {
            waiters.addFirst(waiter);
          }
        } else if (!waiter.answer.tryComplete(look.result().messages())) {
          giveBack(waiter.request, look.result().messages());
        }
      }
      next(!none || again, Math.min(MAX_SERVED, 2 * served.size()), due);
    }

    private void next(boolean more, int most, long due) {
      if (waiters.isEmpty()) {
        endIfEmpty();
      } else if (more) {
        serve(Math.max(1, most));
      } else {
        timer = vertx.setTimer(Math.max(1, due), now -> serve(1));
      }
    }
  }
}
