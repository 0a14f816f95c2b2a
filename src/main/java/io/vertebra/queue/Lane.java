package io.vertebra.queue;

import java.util.Comparator;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/** The messages of one key for one group: one that may be received, the others behind it. */
final class Lane {
  private static final Comparator<Delivery> BY_ID =
      Comparator.comparingLong(delivery -> delivery.entry.id);

  private @Nullable Delivery head;
  private @Nullable PriorityQueue<Delivery> behind;

  /** Whether it may be received now, else it is put behind. */
  boolean enter(Delivery delivery) {
    if (head == null) {
      head = delivery;
      return true;
    }
    putBehind(delivery);
    return false;
  }

  /**
   * Makes a message the head that was delivered before, so that it keeps its key.
   *
   * @return which was the head and is behind it now, if there was one
   */
  @Nullable Delivery enterFirst(Delivery delivery) {
    Delivery before = head;
    head = delivery;
    if (before != null) {
      putBehind(before);
    }
    return before;
  }

  private void putBehind(Delivery delivery) {
    if (behind == null) {
      behind = new PriorityQueue<>(2, BY_ID);
    }
    behind.add(delivery);
  }

  /** The next head after this one was done with; null if there is none, or it was not the head. */
  @Nullable Delivery leave(Delivery delivery) {
    if (head != delivery) {
      return null;
    }
    head = null;
    while (behind != null && !behind.isEmpty() && head == null) {
      Delivery next = behind.remove();
      head = next.state == Delivery.State.BEHIND && !next.entry.gone ? next : null;
    }
    return head;
  }

  boolean isEmpty() {
    return head == null;
  }
}
