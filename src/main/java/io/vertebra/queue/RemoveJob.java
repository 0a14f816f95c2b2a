package io.vertebra.queue;

import static io.vertebra.queue.QueueMeters.Event.EXPIRED;

import io.vertebra.queue.Delivery.Given;
import io.vertx.core.Future;
import java.util.Optional;

/** Removes messages: when all groups are done with them, and when their time is over. */
final class RemoveJob {
  private static final int AT_ONCE = 1_000;
  private static final long AGAIN_MS = 1_000;

  private final QueueJob queue;
  private final QueuesJob owner;

  /**
   * All messages before this id were looked at after the time for which they are kept; those that a
   * group was not done with are removed when it is.
   */
  private long swept;

  RemoveJob(QueueJob queue) {
    this.queue = queue;
    this.owner = queue.owner();
  }

  /** Looks at all messages again. */
  void restart() {
    swept = 0;
  }

  /** Has a group be done with a message. */
  Future<Long> finish(GroupIndex group, Delivery delivery) {
    group.busy(delivery);
    return finish(new Change(), group, delivery);
  }

  /**
   * Has a group be done with a message that is busy.
   *
   * @param change what happens along with it
   */
  Future<Long> finish(Change change, GroupIndex group, Delivery delivery) {
    Entry entry = delivery.entry;
    long number = queue.stored().number();
    boolean last = entry.pending == 1 && isKeptLongEnough(entry, owner.now());
    if (last) {
      entry.gone = true;
      change.deleteMessage(number, entry.id);
    } else {
      change.acknowledge(number, entry.id, group.stored().number());
    }
    return owner
        .commits()
        .commit(change)
        .onSuccess(revision -> finished(group, delivery, last))
        .onFailure(cause -> unfinished(group, delivery, last));
  }

  private void finished(GroupIndex group, Delivery delivery, boolean last) {
    Entry entry = delivery.entry;
    if (last) {
      queue.index().remove(entry);
    } else {
      group.done(delivery);
      removeIfDone(entry, owner.now());
    }
    queue.receives().serve();
  }

  private void unfinished(GroupIndex group, Delivery delivery, boolean last) {
    if (last) {
      delivery.entry.gone = false;
    }
    Given given = delivery.given;
    if (given != null) {
      group.given(delivery, given, Math.max(delivery.due, owner.now() + AGAIN_MS));
    } else {
      group.back(delivery);
    }
  }

  /** An id may be ahead of the clock, which is no reason to keep what is not kept at all. */
  private boolean isKeptLongEnough(Entry entry, long now) {
    long keep = queue.definition().keep().toMillis();
    return keep == 0 || MessageIds.millis(entry.id) + keep <= now;
  }

  /** Two groups may be done at the same time, each while the other was not yet. */
  private void removeIfDone(Entry entry, long now) {
    if (entry.pending == 0 && !entry.gone && isKeptLongEnough(entry, now)) {
      remove(entry).onFailure(cause -> keep(entry));
    }
  }

  /** Says that a message will not be removed after all, or later. */
  void keep(Entry entry) {
    queue.index().keep(entry);
    swept = Math.min(swept, entry.id);
  }

  private Future<Long> remove(Entry entry) {
    entry.gone = true;
    return owner
        .commits()
        .commit(new Change().deleteMessage(queue.stored().number(), entry.id))
        .onSuccess(revision -> queue.index().remove(entry));
  }

  /** Removes messages whose time is over. */
  void expire(long now) {
    for (int i = 0; i < AT_ONCE; i++) {
      Entry entry = queue.index().pollExpired(now);
      if (entry == null) {
        return;
      }
      if (entry.isBusy()) {
        queue.index().expireLater(entry, now + AGAIN_MS);
        continue;
      }
      boolean wanted = entry.pending > 0;
      remove(entry)
          .onSuccess(revision -> queue.counts().add(EXPIRED, wanted ? 1 : 0))
          .onFailure(
              cause -> {
                keep(entry);
                queue.index().expireLater(entry, now + AGAIN_MS);
              });
    }
  }

  /** Removes messages that all groups are done with and that were kept long enough. */
  void sweep(long now) {
    for (int i = 0; i < AT_ONCE; i++) {
      Optional<Entry> next = queue.index().first(swept, entry -> true);
      if (next.isEmpty() || !isKeptLongEnough(next.get(), now)) {
        return;
      }
      swept = next.get().id + 1;
      removeIfDone(next.get(), now);
      if (swept <= next.get().id) {
        return;
      }
    }
  }
}
