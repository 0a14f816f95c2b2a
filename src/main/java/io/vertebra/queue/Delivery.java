package io.vertebra.queue;

import org.jspecify.annotations.Nullable;

/** How a message stands with a group that is not done with it. */
final class Delivery {
  /** What may happen next. */
  enum State {
    /** Its time has not come, for the first time or after a failure. */
    DELAYED,
    /** Its key is taken by another message. */
    BEHIND,
    READY,
    /** A receiver has it. */
    GIVEN,
    /** A change of it is on its way to the store; nothing else may happen meanwhile. */
    BUSY,
    /** The group is done with it. */
    DONE
  }

  final Entry entry;
  State state = State.DELAYED;

  /** Milliseconds since 1970 when {@code DELAYED} or {@code GIVEN} ends. */
  long due;

  /** What is known of the deliveries so far; null before the first. */
  @Nullable Given given;

  /**
   * Deliveries so far.
   *
   * @param number of the last one; 0 if it was returned
   * @param firstAt milliseconds since 1970
   */
  record Given(int attempts, long number, long firstAt) {}

  Delivery(Entry entry) {
    this.entry = entry;
  }

  int attempts() {
    return given == null ? 0 : given.attempts();
  }

  long firstAt(long otherwise) {
    return given == null ? otherwise : given.firstAt();
  }

  /** Whether a receipt names the last delivery. */
  boolean isOf(long number) {
    return given != null && given.number() == number;
  }
}
