package io.vertebra.limiter;

import io.vertx.core.json.JsonObject;

/**
 * What the requests of one key are held to: an algorithm with its parameters, without state, clock
 * or randomness. Times are microseconds since 1970, so that a state means the same on every node.
 */
public sealed interface Limit
    permits GcraLimit, SlidingWindowLimit, CalendarLimit, ConcurrencyLimit, AdaptiveLimit {

  /** Greatest product of permits and time in microseconds: what 64 bits hold with room to add. */
  long MOST_UNITS = 1L << 61;

  /** How many there are in a period, or at once where there is none. */
  long permits();

  /** Most that can be taken at one moment. */
  default long most() {
    return permits();
  }

  /** Whether permits are held and given back. */
  default boolean isHeld() {
    return false;
  }

  /** Microseconds after which {@link #most} are there again; 0 where they are given back. */
  long window(long now);

  /** How a key stands of which nothing is known. */
  LimitState fresh();

  /**
   * Decides on some permits at one instant. A state of another algorithm counts as fresh.
   *
   * @param wanted how many, at least 0; nothing is taken if they are not all there
   * @param permit names the permits if they are given back; else without meaning
   */
  Ruling take(LimitState state, long wanted, String permit, long now);

  /**
   * Gives back what a take at {@code takenAt} took. It never makes more room than there was.
   *
   * @param permit as it was taken
   */
  LimitState refund(LimitState state, long taken, String permit, long takenAt);

  /** The share of one of so many nodes that cannot ask each other, at least 1 permit. */
  Limit share(int nodes);

  /** As {@link LimitReader} reads it. */
  JsonObject toJson();

  /**
   * Judges a state without changing it.
   *
   * @return a ruling that is allowed if {@code wanted} could be taken
   */
  default Ruling peek(LimitState state, long wanted, long now) {
    Ruling asked = take(state, wanted, "", now);
    Ruling present = take(state, 0, "", now);
    return new Ruling(
        asked.allowed(), state, present.remaining(), asked.retryAfter(), present.reset());
  }

  /**
   * What was decided.
   *
   * @param next the state from now on; if refused the same as before, but for one that lies further
   *     ahead than can be because a clock was set back
   * @param remaining permits that could be taken now
   * @param retryAfter microseconds after which the same could be taken if nobody else takes; 0 if
   *     allowed, {@link Decision#NEVER} if it never can
   * @param reset microseconds after which the key is as good as new if nobody takes
   */
  record Ruling(boolean allowed, LimitState next, long remaining, long retryAfter, long reset) {}
}
