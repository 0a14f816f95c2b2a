package io.vertebra.queue;

/**
 * Gives out ids, each greater than all before, whatever the clock does. How far it may go without
 * telling the store is a ceiling kept there, so that the next owner begins above all that this one
 * gave out, even if its clock is behind. For one thread.
 */
final class Sequence {
  /** How far ahead of the last id a ceiling is set: 10 s. */
  private static final long AHEAD = 10_000L << MessageIds.BITS;

  private long last;
  private long ceiling;

  /**
   * @param ceiling that the store holds; no id is below
   */
  Sequence(long ceiling) {
    this.last = ceiling;
    this.ceiling = ceiling;
  }

  long next(long nowMillis) {
    last = Math.max(last + 1, MessageIds.first(nowMillis));
    return last;
  }

  /** A number that tells no time: there are thousands of millions up to any ceiling. */
  long next() {
    return next(0);
  }

  /** Whether ids of now and of the next seconds are below the ceiling. */
  boolean hasRoom(long nowMillis) {
    return wanted(nowMillis) - ceiling <= AHEAD / 2;
  }

  /** Whether what is written now has to set a new ceiling along with it. */
  boolean isOver() {
    return last > ceiling;
  }

  /** The ceiling to set. */
  long wanted() {
    return wanted(0);
  }

  /** The ceiling to set before ids of now are given out. */
  long wanted(long nowMillis) {
    return Math.max(last, MessageIds.first(nowMillis)) + AHEAD;
  }

  /** The store holds this ceiling now. */
  void raised(long stored) {
    ceiling = Math.max(ceiling, stored);
  }
}
