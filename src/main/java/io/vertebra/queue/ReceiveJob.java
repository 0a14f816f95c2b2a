package io.vertebra.queue;

import static io.vertebra.queue.QueueMeters.Event.RECEIVED;

import io.vertebra.api.Failure;
import io.vertebra.api.FailureCode;
import io.vertebra.kv.Bytes;
import io.vertebra.queue.Delivery.Given;
import io.vertebra.queue.WaitJob.Waiter;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Gives messages to receivers. A delivery is in the store before anybody learns of it, so a receipt
 * is good with the next owner too.
 */
final class ReceiveJob {
  /** Most bytes of an answer, but for one message that is longer. */
  private static final int MAX_BYTES = 4 << 20;

  private final QueueJob queue;
  private final QueuesJob owner;
  private final WaitJob waiters;
  private boolean serving;

  ReceiveJob(QueueJob queue) {
    this.queue = queue;
    this.owner = queue.owner();
    this.waiters = new WaitJob(owner);
  }

  Future<List<ReceivedMessage>> receive(ReceiveMessages request, Future<Void> gone) {
    return queue
        .enter(() -> now(request))
        .compose(
            messages ->
                messages.isEmpty() && !request.patience().isZero()
                    ? await(request, gone)
                    : Future.succeededFuture(messages))
        .onSuccess(messages -> giveBackIf(gone, messages));
  }

  /** What nobody waits for any more is for others. */
  private void giveBackIf(Future<Void> gone, List<ReceivedMessage> messages) {
    if (gone.isComplete()) {
      for (ReceivedMessage message : messages) {
        queue
            .enter(() -> queue.settles().release(message.receipt(), 0))
            .onFailure(cause -> owner.note("give back", cause));
      }
    }
  }

  private Future<List<ReceivedMessage>> now(ReceiveMessages request) {
    GroupIndex group = queue.group(request.group());
    List<Delivery> taken = take(group, request.max());
    return taken.isEmpty() ? Future.succeededFuture(List.of()) : give(group, taken, request);
  }

  private List<Delivery> take(GroupIndex group, int max) {
    List<Delivery> taken = new ArrayList<>();
    int bytes = 0;
    while (taken.size() < max && bytes < MAX_BYTES) {
      Delivery next = group.poll(owner.now());
      if (next == null) {
        break;
      }
      if (queue.definition().isExhausted(next.attempts())) {
        queue.buries().given(group, next, BuryJob.LATE);
      } else {
        bytes += next.entry.weight;
        taken.add(next);
      }
    }
    return taken;
  }

  private Future<List<ReceivedMessage>> give(
      GroupIndex group, List<Delivery> taken, ReceiveMessages request) {
    long now = owner.now();
    long until = queue.until(request, now);
    List<Given> all = new ArrayList<>();
    Change change = new Change();
    for (Delivery delivery : taken) {
      Given given = new Given(delivery.attempts() + 1, owner.nextId(), delivery.firstAt(now));
      all.add(given);
      change.put(
          QueueKeys.delivery(queue.stored().number(), delivery.entry.id, group.stored().number()),
          new StoredDelivery(
                  StoredDelivery.State.GIVEN,
                  given.attempts(),
                  given.number(),
                  until,
                  given.firstAt(),
                  "")
              .encode());
    }
    return owner
        .commits()
        .commit(change)
        .onFailure(cause -> taken.forEach(group::back))
        .compose(
            revision -> {
              for (int i = 0; i < taken.size(); i++) {
                group.given(taken.get(i), all.get(i), until);
              }
              return read(group, taken, until);
            });
  }

  private Future<List<ReceivedMessage>> read(GroupIndex group, List<Delivery> taken, long until) {
    List<Future<Optional<ReceivedMessage>>> read = new ArrayList<>(taken.size());
    for (Delivery delivery : taken) {
      Given given = delivery.given;
      if (given != null) {
        read.add(read(group, delivery.entry, given, until));
      }
    }
    return Future.all(read)
        .map(
            all -> {
              List<ReceivedMessage> messages =
                  all.<Optional<ReceivedMessage>>list().stream().flatMap(Optional::stream).toList();
              queue.counts().add(RECEIVED, messages.size());
              return messages;
            });
  }

  private Future<Optional<ReceivedMessage>> read(
      GroupIndex group, Entry entry, Given given, long until) {
    return owner
        .messages()
        .read(queue.stored().number(), entry.id)
        .map(
            found -> {
              if (found.isEmpty()) {
                queue.index().remove(entry);
              }
              return found.map(
                  whole -> ReceivedMessage.of(whole.message(), whole.body(), group, given, until));
            });
  }

  private Future<List<ReceivedMessage>> await(ReceiveMessages request, Future<Void> gone) {
    if (queue.isClosed()) {
      return queue.enter(() -> now(request));
    }
    if (!owner.beginWait()) {
      return Failure.future(FailureCode.UNAVAILABLE, "too many receivers wait");
    }
    Waiter waiter = waiters.begin(request, gone);
    serve();
    return waiter.answer().future();
  }

  /** Promises a message that is about to be written with a change to those who wait. */
  HandoverJob handOver(StoredMessage message, Change change) {
    return new HandoverJob(queue, waiters, message, change);
  }

  /** A message is in the store and in the index. */
  void done(HandoverJob handover, Bytes body) {
    queue.counts().add(RECEIVED, handover.done(body));
    serveSoon();
  }

  /** A message did not come to the store. */
  void failed(HandoverJob handover) {
    handover.failed();
    if (queue.isClosed()) {
      close(CommitJob.moved());
    }
    serve();
  }

  /** Gives messages to those who wait, if there are any. */
  void serve() {
    if (!waiters.isEmpty() && queue.isOpen()) {
      waiters.groups().forEach(this::serve);
    }
  }

  /**
   * The same once all is there that comes along, so that one who waits gets more than the first.
   */
  void serveSoon() {
    if (!serving && !waiters.isEmpty()) {
      serving = true;
      owner.here(
          () -> {
            serving = false;
            serve();
          });
    }
  }

  private void serve(String name) {
    Optional<GroupIndex> group = queue.index().group(name);
    Waiter waiter = waiters.first(name);
    while (waiter != null) {
      ReceiveMessages request = waiter.request();
      List<Delivery> taken = group.map(known -> take(known, request.max())).orElseGet(List::of);
      if (group.isPresent() && taken.isEmpty()) {
        return;
      }
      waiters.remove(waiter);
      Future<List<ReceivedMessage>> given =
          group.isEmpty()
              ? queue.enter(() -> now(request))
              : queue.enterNow(() -> give(group.get(), taken, request));
      given.onComplete(waiter.answer());
      waiter = waiters.first(name);
    }
  }

  /** Tells those who wait why there will be nothing. */
  void close(Failure cause) {
    for (String group : waiters.groups()) {
      for (Waiter waiter = waiters.first(group); waiter != null; waiter = waiters.first(group)) {
        waiters.remove(waiter);
        waiter.answer().fail(cause);
      }
    }
  }
}
