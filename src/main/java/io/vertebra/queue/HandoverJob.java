package io.vertebra.queue;

import io.vertebra.kv.Bytes;
import io.vertebra.queue.Delivery.Given;
import io.vertebra.queue.WaitJob.Waiter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A message that comes while receivers wait: it is given to them in the transaction that takes it,
 * which spares one. What has a key or a delay goes the long way, and so does what comes after
 * another that goes it, so that none overtakes. While transactions are under way all do: then it is
 * better that more messages gather for a receiver.
 */
final class HandoverJob {
  private final WaitJob waiters;
  private final StoredMessage message;
  private final List<Part> parts = new ArrayList<>(1);

  /** Groups that get it the long way. */
  private final List<GroupIndex> others = new ArrayList<>(1);

  private record Part(GroupIndex group, Waiter waiter, Given given, long until) {

    StoredDelivery stored() {
      return new StoredDelivery(
          StoredDelivery.State.GIVEN, given.attempts(), given.number(), until, given.firstAt(), "");
    }
  }

  /**
   * Promises a message to those who wait.
   *
   * @param change with which it is written, to which its deliveries are added
   */
  HandoverJob(QueueJob queue, WaitJob waiters, StoredMessage message, Change change) {
    this.waiters = waiters;
    this.message = message;
    if (message.deliverAt() != 0) {
      return;
    }
    boolean direct = message.key().isEmpty() && queue.isOpen() && queue.owner().commits().isIdle();
    for (GroupIndex group : queue.index().groups()) {
      if (group.isFor(message.id())) {
        promise(queue, group, direct && !group.isExpecting(), change);
      }
    }
  }

  private void promise(QueueJob queue, GroupIndex group, boolean direct, Change change) {
    Waiter waiter = direct ? waiters.promise(group.stored().name()) : null;
    if (waiter == null) {
      group.expect(1);
      others.add(group);
    } else {
      add(queue, group, waiter, change);
    }
  }

  private void add(QueueJob queue, GroupIndex group, Waiter waiter, Change change) {
    QueuesJob owner = queue.owner();
    long now = owner.now();
    Part part =
        new Part(
            group, waiter, new Given(1, owner.nextId(), now), queue.until(waiter.request(), now));
    parts.add(part);
    change.put(
        QueueKeys.delivery(queue.stored().number(), message.id(), group.stored().number()),
        part.stored().encode());
  }

  /** How it stands with the groups that have it, by their numbers. */
  Map<Integer, StoredDelivery> deliveries() {
    Map<Integer, StoredDelivery> all = new HashMap<>();
    parts.forEach(part -> all.put(part.group().stored().number(), part.stored()));
    return all;
  }

  /**
   * The message and its deliveries are in the store and in the index.
   *
   * @return how many have it
   */
  int done(Bytes body) {
    others.forEach(group -> group.expect(-1));
    for (Part part : parts) {
      waiters.kept(part.waiter());
      part.waiter()
          .answer()
          .complete(
              List.of(ReceivedMessage.of(message, body, part.group(), part.given(), part.until())));
    }
    return parts.size();
  }

  /** The message is not in the store. */
  void failed() {
    others.forEach(group -> group.expect(-1));
    parts.forEach(part -> waiters.broken(part.waiter()));
  }
}
