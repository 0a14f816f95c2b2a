package io.vertebra.queue;

import io.vertebra.api.Failure;
import io.vertebra.api.FailureCode;
import io.vertebra.kv.Bytes;
import io.vertebra.kv.KvEntry;
import io.vertebra.queue.MessageStore.Row;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * One queue at its owner: its index, and who may work on it. Work runs side by side, since each
 * piece is of messages that no other is about; what is about the queue as a whole runs alone. Used
 * on one context.
 */
final class QueueJob {
  private final QueuesJob owner;
  private final SendJob sends;
  private final ReceiveJob receives;
  private final SettleJob settles;
  private final BuryJob buries;
  private final RemoveJob removes;
  private final QueueMeters.Counts counts;
  private StoredQueue stored;
  private QueueIndex index;

  /** Who waits to go in; null if the queue is open. */
  private @Nullable Promise<Void> gate = Promise.promise();

  private final Promise<Void> loaded = Promise.promise();
  private @Nullable Promise<Void> idle;
  private int underWay;
  private int waiting;
  private @Nullable Failure closed;
  private volatile QueueView view;

  /** A queue that is closed until {@link #load} or {@link #openEmpty}. */
  QueueJob(QueuesJob owner, StoredQueue stored) {
    this.owner = owner;
    this.stored = stored;
    this.index = new QueueIndex(stored.groups());
    this.counts = owner.meters().of(stored.name());
    this.buries = new BuryJob(this);
    this.removes = new RemoveJob(this);
    this.sends = new SendJob(this);
    this.receives = new ReceiveJob(this);
    this.settles = new SettleJob(this);
    this.view = viewNow();
    owner.meters().follow(stored.name(), () -> view);
  }

  QueuesJob owner() {
    return owner;
  }

  StoredQueue stored() {
    return stored;
  }

  QueueDefinition definition() {
    return stored.definition();
  }

  QueueIndex index() {
    return index;
  }

  SendJob sends() {
    return sends;
  }

  ReceiveJob receives() {
    return receives;
  }

  SettleJob settles() {
    return settles;
  }

  BuryJob buries() {
    return buries;
  }

  RemoveJob removes() {
    return removes;
  }

  QueueMeters.Counts counts() {
    return counts;
  }

  /** The group; {@code NOT_FOUND} if there is none. */
  GroupIndex group(String name) {
    return index
        .group(name)
        .orElseThrow(
            () ->
                new Failure(
                    FailureCode.NOT_FOUND, "queue " + stored.name() + " has no group " + name));
  }

  /** Completes once the queue was read for the first time. */
  Future<Void> loaded() {
    return loaded.future();
  }

  /** Works on the queue as soon as it is open. */
  <T> Future<T> enter(Supplier<Future<T>> work) {
    Promise<Void> shut = gate;
    if (closed != null) {
      return Future.failedFuture(closed);
    }
    if (shut == null) {
      return enterNow(work);
    }
    if (waiting >= owner.options().maxPending()) {
      return Failure.future(FailureCode.UNAVAILABLE, "too many wait for queue " + stored.name());
    }
    waiting++;
    return shut.future().onComplete(open -> waiting--).compose(open -> enter(work));
  }

  /** Works on the queue if it is open; {@code UNAVAILABLE} if not. */
  <T> Future<T> enterNow(Supplier<Future<T>> work) {
    if (closed != null) {
      return Future.failedFuture(closed);
    }
    if (gate != null) {
      return Failure.future(
          FailureCode.UNAVAILABLE, "queue " + stored.name() + " is being changed");
    }
    underWay++;
    return Future.succeededFuture().compose(open -> work.get()).onComplete(done -> leave());
  }

  private void leave() {
    underWay--;
    if (underWay == 0 && idle != null) {
      Promise<Void> waits = idle;
      idle = null;
      waits.complete();
    }
  }

  /** Works on the queue while nobody else does. */
  <T> Future<T> alone(Supplier<Future<T>> work) {
    Promise<Void> shut = gate;
    if (closed != null) {
      return Future.failedFuture(closed);
    }
    if (shut != null) {
      return shut.future().compose(open -> alone(work));
    }
    gate = Promise.promise();
    Promise<Void> quiet = Promise.promise();
    if (underWay == 0) {
      quiet.complete();
    } else {
      idle = quiet;
    }
    return quiet.future().compose(unused -> work.get()).onComplete(done -> open());
  }

  private void open() {
    Promise<Void> shut = gate;
    gate = null;
    view = viewNow();
    loaded.tryComplete();
    if (shut != null) {
      shut.tryComplete();
    }
    receives.serve();
  }

  /** Opens a queue that has no messages. */
  void openEmpty(StoredQueue written) {
    stored = written;
    index = new QueueIndex(stored.groups());
    open();
  }

  /** Reads what is kept, then opens. */
  Future<Void> load() {
    return read().onSuccess(done -> open()).onFailure(owner::giveUp);
  }

  private Future<Void> read() {
    QueueIndex fresh = new QueueIndex(stored.groups());
    MessageStore messages = owner.messages();
    return messages
        .catchUp(stored.number())
        .compose(unused -> messages.dedups(stored.number()))
        .onSuccess(this::remember)
        .compose(unused -> readAll(fresh))
        .onSuccess(unused -> index = fresh)
        .onSuccess(unused -> removes.restart());
  }

  private void remember(List<KvEntry> kept) {
    for (KvEntry entry : kept) {
      sends.dedups().put(QueueKeys.dedupId(entry.key()), DedupIds.Mark.decode(entry.value()));
    }
  }

  private Future<Void> readAll(QueueIndex fresh) {
    long[] from = {0};
    return LoopJob.run(
        owner.vertx(),
        () -> read(fresh, from[0]).onSuccess(next -> from[0] = next).map(next -> next != 0));
  }

  /** Reads some messages from an id on; the first id of those that follow, 0 if there are none. */
  private Future<Long> read(QueueIndex fresh, long from) {
    return owner
        .messages()
        .scan(stored.number(), from, MessageStore.SCAN_KEYS)
        .map(
            part -> {
              for (Row row : part.rows()) {
                fresh.add(row.message(), row.deliveries(), owner.now());
              }
              return part.next();
            });
  }

  /** Changes what is kept of the queue, and reads it anew if its groups are others. */
  Future<QueueView> change(UnaryOperator<StoredQueue> step) {
    return alone(
        () -> {
          StoredQueue wanted = step.apply(stored);
          Bytes key = QueueKeys.queue(stored.name());
          return owner
              .commits()
              .commit(new Change().put(key, wanted.encode()))
              .compose(
                  revision -> {
                    boolean moved = !wanted.groups().equals(stored.groups());
                    stored = wanted.at(revision);
                    removes.restart();
                    return moved ? read().onFailure(owner::giveUp) : Future.succeededFuture();
                  })
              .map(unused -> viewNow());
        });
  }

  /** Removes all messages; answers how many there were. */
  Future<Long> purge() {
    return alone(
        () -> {
          StoredQueue wanted = stored.emptied(owner.nextId());
          long old = stored.number();
          Change change =
              new Change()
                  .put(QueueKeys.queue(stored.name()), wanted.encode())
                  .mark(QueueKeys.trash(old));
          return owner
              .commits()
              .commit(change)
              .map(
                  revision -> {
                    long had = index.size();
                    stored = wanted.at(revision);
                    index = new QueueIndex(stored.groups());
                    sends.dedups().clear();
                    removes.restart();
                    owner.cleanUp();
                    return had;
                  });
        });
  }

  /** Removes the queue. */
  Future<Void> delete() {
    return alone(
        () ->
            owner
                .commits()
                .commit(
                    new Change()
                        .delete(QueueKeys.queue(stored.name()))
                        .mark(QueueKeys.trash(stored.number())))
                .onSuccess(
                    revision -> {
                      owner.removed(this);
                      close(QueuesJob.missing(stored.name()));
                    })
                .mapEmpty());
  }

  /** Refuses everything from now on. */
  void close(Throwable cause) {
    Failure failure = Failure.of(cause);
    closed = failure;
    loaded.tryFail(failure);
    Promise<Void> shut = gate;
    gate = null;
    if (shut != null) {
      shut.tryFail(failure);
    }
    receives.close(failure);
  }

  /** Milliseconds since 1970 until when a receiver has what it is given now. */
  long until(ReceiveMessages request, long now) {
    return now + request.visibility().orElse(definition().visibility()).toMillis();
  }

  /** Whether it can be worked on at once. */
  boolean isOpen() {
    return gate == null && closed == null;
  }

  /** Whether it comes after another in the order of names. */
  boolean isAfter(String name) {
    return stored.name().compareTo(name) > 0;
  }

  boolean isClosed() {
    return closed != null;
  }

  /** Does what is due; to be called again and again. */
  void tick(long now) {
    if (!isOpen() || index.nextDue() > now) {
      return;
    }
    index.advance(now, buries::late);
    removes.expire(now);
    receives.serve();
  }

  /** Does what has time; to be called once a second. */
  void sweep(long now) {
    if (isOpen()) {
      removes.sweep(now);
      sends.sweep(now);
      view = viewNow();
    }
  }

  /** How the queue stands. */
  QueueView viewNow() {
    long oldest = index.oldest();
    long age = oldest == 0 ? 0 : Math.max(0, owner.now() - MessageIds.millis(oldest));
    return new QueueView(
        stored.name(),
        stored.definition(),
        index.size(),
        index.bytes(),
        Duration.ofMillis(age),
        index.groups().stream().map(QueueJob::view).toList(),
        stored.subscriptions(),
        stored.revision());
  }

  private static GroupView view(GroupIndex group) {
    return new GroupView(
        group.stored().name(),
        group.count(Delivery.State.READY) + group.count(Delivery.State.BEHIND),
        group.count(Delivery.State.DELAYED),
        group.count(Delivery.State.GIVEN) + group.count(Delivery.State.BUSY));
  }
}
