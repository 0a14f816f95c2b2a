package io.vertebra.queue;

import static io.vertebra.queue.QueueMeters.Event.RECEIVED;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.vertebra.api.Failure;
import io.vertebra.api.FailureCode;
import io.vertebra.queue.Delivery.Given;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Gives messages of one group to receivers. Who has one is only in memory. */
final class KafkaReceiveJob {
  /** Most bytes of an answer, but for one message that is longer. */
  private static final int MAX_BYTES = 4 << 20;

  private final KafkaGroupJob group;
  private final KafkaQueuesJob owner;
  private final DepartureWatch departures;
  private final Set<Waiter> waiters = new LinkedHashSet<>();

  /** Who waits for a message. */
  private static final class Waiter {
    final ReceiveMessages request;
    final Promise<List<ReceivedMessage>> answer = Promise.promise();
    long timer;
    Runnable stay = () -> {};

    Waiter(ReceiveMessages request) {
      this.request = request;
    }
  }

  KafkaReceiveJob(KafkaGroupJob group) {
    this.group = group;
    this.owner = group.queue().owner();
    this.departures = new DepartureWatch(owner::here);
  }

  Future<List<ReceivedMessage>> receive(ReceiveMessages request, Future<Void> gone) {
    return group
        .caughtUp(request.max())
        .compose(
            read -> {
              if (group.isClosed()) {
                return Future.failedFuture(CommitJob.moved());
              }
              List<ReceivedMessage> messages = give(request);
              return messages.isEmpty() && !request.patience().isZero()
                  ? await(request, gone)
                  : Future.succeededFuture(messages);
            })
        .compose(this::confirmed)
        .onSuccess(messages -> giveBackIf(gone, messages));
  }

  /** With what is given out from memory the next owner may have had the group be done. */
  private Future<List<ReceivedMessage>> confirmed(List<ReceivedMessage> messages) {
    return messages.isEmpty()
        ? Future.succeededFuture(messages)
        : owner.check().confirm().onFailure(moved -> giveBack(messages)).map(messages);
  }

  /** What nobody waits for any more is for others. */
  private void giveBackIf(Future<Void> gone, List<ReceivedMessage> messages) {
    if (gone.isComplete()) {
      giveBack(messages);
    }
  }

  private void giveBack(List<ReceivedMessage> messages) {
    for (ReceivedMessage message : messages) {
      group
          .settles()
          .release(message.receipt(), 0)
          .onFailure(cause -> owner.note("give back", cause));
    }
  }

  private List<ReceivedMessage> give(ReceiveMessages request) {
    long now = owner.now();
    QueueDefinition definition = group.queue().definition();
    long until = now + request.visibility().orElse(definition.visibility()).toMillis();
    List<ReceivedMessage> given = new ArrayList<>();
    int bytes = 0;
    while (given.size() < request.max() && bytes < MAX_BYTES) {
      Delivery next = group.deliveries().poll(now);
      if (next == null) {
        break;
      }
      KafkaMessage message = group.held(next.entry).message();
      if (definition.isExhausted(next.attempts())) {
        group.settles().buryLate(next);
      } else if (group.tracker(message.partition()).mayGive(message.offset(), group.out())) {
        bytes += next.entry.weight;
        given.add(give(next, message, now, until));
      } else {
        group.deliveries().back(next);
        break;
      }
    }
    group.queue().counts().add(RECEIVED, given.size());
    return given;
  }

  private ReceivedMessage give(Delivery next, KafkaMessage message, long now, long until) {
    Given given = new Given(next.attempts() + 1, owner.nextNumber(), next.firstAt(now));
    group.deliveries().given(next, given, until);
    return new ReceivedMessage(
        message.message().with(message.body()),
        new Receipt(message.place(), given.number(), group.name()).text(),
        given.attempts(),
        Instant.ofEpochMilli(given.firstAt()),
        Instant.ofEpochMilli(until));
  }

  private Future<List<ReceivedMessage>> await(ReceiveMessages request, Future<Void> gone) {
    if (!owner.beginWait()) {
      return Failure.future(FailureCode.UNAVAILABLE, "too many receivers wait");
    }
    Waiter waiter = new Waiter(request);
    waiters.add(waiter);
    waiter.timer =
        owner.vertx().setTimer(Math.max(1, request.patience().toMillis()), over -> end(waiter));
    waiter.stay = departures.add(gone, () -> end(waiter));
    return waiter.answer.future();
  }

  private void end(Waiter waiter) {
    if (leave(waiter)) {
      waiter.answer.complete(List.of());
    }
  }

  /** Whether it was there. */
  @CanIgnoreReturnValue
  private boolean leave(Waiter waiter) {
    if (!waiters.remove(waiter)) {
      return false;
    }
    owner.vertx().cancelTimer(waiter.timer);
    waiter.stay.run();
    owner.endWait();
    return true;
  }

  /** Gives messages to those who wait, if there are any. */
  void serve() {
    while (!waiters.isEmpty()) {
      Waiter waiter = waiters.iterator().next();
      List<ReceivedMessage> messages = give(waiter.request);
      if (messages.isEmpty()) {
        return;
      }
      leave(waiter);
      waiter.answer.complete(messages);
    }
  }

  /** Has those who wait ask again. */
  void close() {
    for (Waiter waiter : List.copyOf(waiters)) {
      leave(waiter);
      waiter.answer.fail(CommitJob.moved());
    }
  }
}
