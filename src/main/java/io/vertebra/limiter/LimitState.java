package io.vertebra.limiter;

import java.util.List;

/** What is known of one key. Immutable and small. */
sealed interface LimitState {

  /**
   * When the bucket will be full: the theoretical arrival time.
   *
   * @param micros whole microseconds since 1970
   * @param fraction of the next one, in parts of which the limit says how many there are
   */
  record Arrival(long micros, long fraction) implements LimitState {}

  /**
   * What was taken in a window and in the one before it.
   *
   * @param start of the window, in microseconds since 1970
   */
  record Window(long start, long used, long before) implements LimitState {}

  /** Permits that are held. */
  record Held(List<Permit> permits) implements LimitState {
    public Held {
      permits = List.copyOf(permits);
    }
  }

  /** Permits that are held, and how many there are to be. */
  record Adapting(Gradient gradient, List<Permit> permits) implements LimitState {
    public Adapting {
      permits = List.copyOf(permits);
    }
  }

  /**
   * Some permits in one hand.
   *
   * @param endsAt when they are free again unless given back before
   * @param before how many of them were held already when they were taken last; 0 if none
   */
  record Permit(String id, long count, long endsAt, long before) {}
}
