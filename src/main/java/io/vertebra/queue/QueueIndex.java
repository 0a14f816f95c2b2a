package io.vertebra.queue;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.function.BiConsumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What the owner of a queue remembers of it: of each message some 120 bytes, and about as many more
 * if it has a key or rests. For one thread; knows no clock and writes nothing.
 */
final class QueueIndex {
  private final EntryList entries = new EntryList();
  private final List<GroupIndex> groups = new ArrayList<>();
  private final PriorityQueue<Timed<Entry>> expiring = new PriorityQueue<>();
  private long bytes;

  QueueIndex(List<StoredGroup> stored) {
    for (StoredGroup group : stored) {
      groups.add(new GroupIndex(group, groups.size()));
    }
  }

  List<GroupIndex> groups() {
    return groups;
  }

  Optional<GroupIndex> group(String name) {
    return groups.stream().filter(group -> group.stored().name().equals(name)).findFirst();
  }

  /** Adds a message that is new to all groups. */
  void add(StoredMessage message, long now) {
    add(message, Map.of(), now);
  }

  /**
   * Adds a message.
   *
   * @param told by the number of the group, how it stands with those to which it is not new
   */
  void add(StoredMessage message, Map<Integer, StoredDelivery> told, long now) {
    Entry entry = enter(message);
    for (GroupIndex group : groups) {
      StoredDelivery delivery = told.get(group.stored().number());
      if (delivery == null && group.isFor(message.id())) {
        group.add(entry, message.deliverAt(), now);
      } else if (delivery != null && delivery.state() != StoredDelivery.State.ACKED) {
        group.restore(entry, delivery);
      }
    }
  }

  private Entry enter(StoredMessage message) {
    Entry entry = new Entry(message, groups.size());
    entries.add(entry);
    bytes += entry.weight;
    if (entry.expiresAt != 0) {
      expiring.add(new Timed<>(entry.expiresAt, entry));
    }
    return entry;
  }

  /** The message is gone for good. */
  void remove(Entry entry) {
    if (entry.removed) {
      return;
    }
    entry.gone = true;
    for (GroupIndex group : groups) {
      Delivery delivery = group.of(entry);
      if (delivery != null) {
        group.done(delivery);
      }
    }
    bytes -= entry.weight;
    entries.remove(entry);
  }

  /** Says that it will not be removed after all. */
  void keep(Entry entry) {
    entry.gone = false;
    for (GroupIndex group : groups) {
      Delivery delivery = group.of(entry);
      if (delivery != null) {
        group.again(delivery);
      }
    }
  }

  /** A message that is neither removed nor about to be. */
  Optional<Entry> find(long id) {
    return known(id).filter(entry -> !entry.gone);
  }

  /** A message that is not removed for certain. */
  Optional<Entry> known(long id) {
    return entries.known(id);
  }

  /** The first message from an id on that fits. */
  Optional<Entry> first(long from, Predicate<Entry> fits) {
    return entries.first(from, fits);
  }

  int size() {
    return entries.size();
  }

  long bytes() {
    return bytes;
  }

  /** When the oldest message was taken that some group is not done with; 0 if there is none. */
  long oldest() {
    return entries.first(0, entry -> entry.pending > 0).map(entry -> entry.id).orElse(0L);
  }

  /**
   * What is due goes on.
   *
   * @param late is told what was given to a group and not settled in time
   */
  void advance(long now, BiConsumer<GroupIndex, Delivery> late) {
    for (GroupIndex group : groups) {
      group.advance(now, delivery -> late.accept(group, delivery));
    }
  }

  /** A message whose time is over; null if there is none. It is not told again. */
  @Nullable Entry pollExpired(long now) {
    while (!expiring.isEmpty() && expiring.element().at() <= now) {
      Entry entry = expiring.remove().what();
      if (!entry.gone) {
        return entry;
      }
    }
    return null;
  }

  /** Has {@link #pollExpired} tell a message again. */
  void expireLater(Entry entry, long at) {
    expiring.add(new Timed<>(at, entry));
  }

  /** When something is due; {@code Long.MAX_VALUE} for never. */
  long nextDue() {
    Timed<Entry> expiry = expiring.peek();
    long next = expiry == null ? Long.MAX_VALUE : expiry.at();
    for (GroupIndex group : groups) {
      next = Math.min(next, group.nextDue());
    }
    return next;
  }
}
