package io.vertebra.queue;

import io.vertebra.queue.Delivery.Given;
import io.vertebra.queue.Delivery.State;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Which messages a group may have, and in what order: greater priorities first, then the order of
 * ids; of one key one at a time. A place in a heap may be out of date, so whoever takes from one
 * looks at the state. For one thread.
 */
final class GroupIndex {
  private static final int PRIORITIES = 10;

  /** The heap may have this many places that are out of date before it is cleaned. */
  private static final int SLACK = 1_024;

  private static final int AT_ONCE = 10_000;

  private static final Comparator<Delivery> BY_ID =
      Comparator.comparingLong(delivery -> delivery.entry.id);

  private final StoredGroup stored;
  private final int place;
  private final @Nullable PriorityQueue<Delivery>[] ready;
  private final PriorityQueue<Timed<Delivery>> timers = new PriorityQueue<>();
  private final Map<String, Lane> lanes = new HashMap<>();
  private final Map<State, Integer> counts = new EnumMap<>(State.class);
  private int expected;

  /**
   * @param place of this group in {@link Entry#deliveries}
   */
  @SuppressWarnings({"unchecked", "rawtypes"})
  GroupIndex(StoredGroup stored, int place) {
    this.stored = stored;
    this.place = place;
    this.ready = new PriorityQueue[PRIORITIES];
  }

  StoredGroup stored() {
    return stored;
  }

  /** Whether it gets a message; it does not get those that came before it. */
  boolean isFor(long id) {
    return id >= stored.from();
  }

  /** Whether messages are on their way to the store that it gets after that. */
  boolean isExpecting() {
    return expected > 0;
  }

  void expect(int messages) {
    expected += messages;
  }

  int count(State state) {
    return counts.getOrDefault(state, 0);
  }

  @Nullable Delivery of(Entry entry) {
    return entry.deliveries[place];
  }

  /**
   * Adds a message that this group never had.
   *
   * @param deliverAt milliseconds since 1970 before which it cannot be received
   */
  void add(Entry entry, long deliverAt, long now) {
    Delivery delivery = begin(entry);
    if (deliverAt > now) {
      wait(delivery, State.DELAYED, deliverAt);
    } else {
      offer(delivery);
    }
  }

  /** Adds a message that this group had. */
  void restore(Entry entry, StoredDelivery told) {
    Delivery delivery = begin(entry);
    delivery.given = new Given(told.attempts(), told.number(), told.firstAt());
    if (entry.key != null) {
      Delivery displaced = lane(entry.key).enterFirst(delivery);
      if (displaced != null) {
        become(displaced, State.BEHIND);
      }
    }
    State state = told.state() == StoredDelivery.State.GIVEN ? State.GIVEN : State.DELAYED;
    wait(delivery, state, told.due());
  }

  private Delivery begin(Entry entry) {
    Delivery delivery = new Delivery(entry);
    entry.deliveries[place] = delivery;
    entry.pending++;
    count(delivery.state, 1);
    return delivery;
  }

  /** The next message to be received, which is busy from now on; null if there is none. */
  @Nullable Delivery poll(long now) {
    for (int priority = PRIORITIES - 1; priority >= 0; priority--) {
      PriorityQueue<Delivery> heap = ready[priority];
      while (heap != null && !heap.isEmpty()) {
        Delivery next = heap.remove();
        if (next.state == State.READY && !next.entry.gone && !isOver(next.entry, now)) {
          become(next, State.BUSY);
          return next;
        }
      }
    }
    return null;
  }

  private static boolean isOver(Entry entry, long now) {
    return entry.expiresAt != 0 && entry.expiresAt <= now;
  }

  /** A change of it is on its way. */
  void busy(Delivery delivery) {
    become(delivery, State.BUSY);
  }

  /** It was delivered. */
  void given(Delivery delivery, Given given, long until) {
    delivery.given = given;
    wait(delivery, State.GIVEN, until);
  }

  /** It rests, and keeps its key meanwhile. */
  void rests(Delivery delivery, Given given, long until) {
    delivery.given = given;
    wait(delivery, State.DELAYED, until);
  }

  /** It is to be received again, in its place. */
  void back(Delivery delivery) {
    become(delivery, State.READY);
    int priority = delivery.entry.priority;
    PriorityQueue<Delivery> heap = ready[priority];
    if (heap == null) {
      heap = new PriorityQueue<>(BY_ID);
      ready[priority] = heap;
    }
    heap.add(delivery);
  }

  /** Takes its place anew, which it may have lost while its message was about to be removed. */
  void again(Delivery delivery) {
    switch (delivery.state) {
      case READY -> back(delivery);
      case BEHIND -> offer(delivery);
      case DELAYED, GIVEN -> wait(delivery, delivery.state, delivery.due);
      default -> {}
    }
  }

  /** The group is done with it. */
  void done(Delivery delivery) {
    count(delivery.state, -1);
    delivery.state = State.DONE;
    delivery.entry.deliveries[place] = null;
    delivery.entry.pending--;
    String key = delivery.entry.key;
    Lane lane = key == null ? null : lanes.get(key);
    if (key == null || lane == null) {
      return;
    }
    Delivery next = lane.leave(delivery);
    if (next != null) {
      back(next);
    }
    if (lane.isEmpty()) {
      lanes.remove(key);
    }
  }

  /**
   * What is due goes on, not all of very much at once: delays end, and what was given and not
   * settled is to be received again.
   *
   * @param late is told what was given and not settled in time, before it is to be received again
   */
  void advance(long now, Consumer<Delivery> late) {
    for (int i = 0; i < AT_ONCE && !timers.isEmpty() && timers.element().at() <= now; i++) {
      Timed<Delivery> due = timers.remove();
      Delivery delivery = due.what();
      if (delivery.due != due.at() || delivery.entry.gone) {
        continue;
      }
      if (delivery.state == State.DELAYED && delivery.given == null) {
        offer(delivery);
      } else if (delivery.state == State.DELAYED) {
        back(delivery);
      } else if (delivery.state == State.GIVEN) {
        back(delivery);
        late.accept(delivery);
      }
    }
  }

  /** When {@link #advance} is due; {@code Long.MAX_VALUE} for never. */
  long nextDue() {
    Timed<Delivery> next = timers.peek();
    return next == null ? Long.MAX_VALUE : next.at();
  }

  private void offer(Delivery delivery) {
    String key = delivery.entry.key;
    if (key == null || lane(key).enter(delivery)) {
      back(delivery);
    } else {
      become(delivery, State.BEHIND);
    }
  }

  private Lane lane(String key) {
    return lanes.computeIfAbsent(key, unused -> new Lane());
  }

  private void wait(Delivery delivery, State state, long until) {
    become(delivery, state);
    delivery.due = until;
    timers.add(new Timed<>(until, delivery));
    int waiting = count(State.DELAYED) + count(State.GIVEN);
    if (timers.size() > 2 * waiting + SLACK) {
      timers.removeIf(each -> !isPresent(each));
    }
  }

  private static boolean isPresent(Timed<Delivery> timed) {
    Delivery delivery = timed.what();
    boolean waits = delivery.state == State.DELAYED || delivery.state == State.GIVEN;
    return waits && delivery.due == timed.at();
  }

  private void become(Delivery delivery, State state) {
    count(delivery.state, -1);
    count(state, 1);
    delivery.state = state;
  }

  private void count(State state, int step) {
    counts.merge(state, step, Integer::sum);
  }
}
