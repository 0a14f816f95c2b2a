package io.vertebra.queue;

import static io.vertebra.queue.QueueMeters.Event.DEAD;

import io.vertebra.api.Failure;
import io.vertebra.api.FailureCode;
import io.vertebra.queue.Delivery.Given;
import io.vertebra.queue.MessageStore.Whole;
import io.vertx.core.Future;
import java.util.Optional;

/**
 * Gives messages up: in one transaction a message comes to the dead letters and its group is done
 * with it.
 */
final class BuryJob {
  /** Why, where a receiver neither settled nor extended it. */
  static final String LATE = "not settled in time";

  private static final long AGAIN_MS = 1_000;

  private final QueueJob queue;
  private final QueuesJob owner;

  BuryJob(QueueJob queue) {
    this.queue = queue;
    this.owner = queue.owner();
  }

  /** A message was given and not settled in time. */
  void late(GroupIndex group, Delivery delivery) {
    queue.counts().add(QueueMeters.Event.LATE, 1);
    if (queue.definition().isExhausted(delivery.attempts())) {
      given(group, delivery, LATE);
    }
  }

  /** Gives up a message that nobody settles; tries again later if that fails. */
  void given(GroupIndex group, Delivery delivery, String reason) {
    group.busy(delivery);
    queue
        .enter(() -> bury(group, delivery, reason))
        .onFailure(cause -> owner.note("dead letter", cause));
  }

  /** Gives up a message that is busy. */
  Future<Long> bury(GroupIndex group, Delivery delivery, String reason) {
    Optional<String> target = queue.definition().deadLetter();
    Future<Long> buried =
        target.isEmpty()
            ? queue.removes().finish(new Change(), group, delivery)
            : owner
                .queueOrNew(target.get())
                .compose(letters -> letters.loaded().map(letters))
                .compose(letters -> move(letters, group, delivery, reason))
                .onFailure(cause -> restore(group, delivery));
    return buried.onSuccess(revision -> queue.counts().add(DEAD, 1));
  }

  private void restore(GroupIndex group, Delivery delivery) {
    Given given = delivery.given;
    if (delivery.state == Delivery.State.BUSY && given != null) {
      group.given(delivery, given, owner.now() + AGAIN_MS);
    }
  }

  private Future<Long> move(QueueJob letters, GroupIndex group, Delivery delivery, String reason) {
    DeadLetter told =
        new DeadLetter(
            queue.stored().name(),
            group.stored().name(),
            reason,
            delivery.attempts(),
            delivery.firstAt(0));
    long number = queue.stored().number();
    Entry entry = delivery.entry;
    return owner
        .messages()
        .read(number, entry.id)
        .compose(
            found ->
                found.isEmpty()
                    ? gone(entry)
                    : letters.enterNow(() -> write(letters, found.get(), told, group, delivery)));
  }

  private Future<Long> gone(Entry entry) {
    queue.index().remove(entry);
    return Failure.future(FailureCode.NOT_FOUND, "the message is gone");
  }

  private Future<Long> write(
      QueueJob letters, Whole whole, DeadLetter told, GroupIndex group, Delivery delivery) {
    StoredMessage message = whole.message();
    long now = owner.now();
    StoredMessage moved =
        message.moved(owner.nextId(), told.headers(message, now), now, letters.definition());
    Change change = MessageStore.put(new Change(), letters.stored().number(), moved, whole.body());
    return queue
        .removes()
        .finish(change, group, delivery)
        .onSuccess(revision -> letters.sends().came(moved));
  }
}
