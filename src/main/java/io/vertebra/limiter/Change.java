package io.vertebra.limiter;

import io.vertebra.limiter.Limit.Ruling;
import org.jspecify.annotations.Nullable;

/**
 * What is done to the state of one key, as one step. Pure: whoever keeps the state only says what
 * it is and what time it is.
 */
sealed interface Change {

  /** Nothing of a key that is not there, and no room to tell of. */
  Decision NOTHING = new Decision(true, 0, 0, 0, 0, 0);

  /**
   * Says what comes of it.
   *
   * @param state null if nothing is kept of the key
   * @param now microseconds since 1970
   */
  Step on(@Nullable KeyState state, long now);

  /**
   * What is to be kept and answered.
   *
   * @param next null to forget the key
   * @param changes whether {@code next} differs from what was there
   */
  record Step(@Nullable KeyState next, boolean changes, Decision decision) {}

  /** Takes permits if all are there. */
  record Take(Limit limit, Penalty penalty, long cost, String permit) implements Change {

    @Override
    public Step on(@Nullable KeyState state, long now) {
      KeyState known = known(limit, state, now);
      if (known.blockedUntil() > now) {
        return new Step(state, false, blocked(limit, penalty, known, now));
      }
      Ruling ruling = limit.take(known.limit(), cost, permit, now);
      Decision decision = decision(limit, ruling, now);
      if (ruling.allowed()) {
        return new Step(
            new KeyState(ruling.next(), 0, 0, now + ruling.reset()), cost > 0, decision);
      }
      if (penalty.afterRefusals() > 0) {
        return refused(known, ruling, decision, now);
      }
      boolean moved = !ruling.next().equals(known.limit());
      KeyState next = new KeyState(ruling.next(), 0, 0, now + ruling.reset());
      return new Step(moved ? next : state, moved, decision);
    }

    private Step refused(KeyState known, Ruling ruling, Decision decision, long now) {
      int refusals = known.refusals() + 1;
      boolean blocks = refusals >= penalty.afterRefusals();
      long until = blocks ? now + penalty.period().toNanos() / 1000 : 0;
      long freshAt = Math.max(until, now + ruling.reset());
      KeyState next = new KeyState(ruling.next(), blocks ? 0 : refusals, until, freshAt);
      return new Step(next, true, blocks ? blocked(limit, penalty, next, now) : decision);
    }
  }

  /** Tells what a take would get. */
  record Peek(Limit limit, Penalty penalty, long cost) implements Change {

    @Override
    public Step on(@Nullable KeyState state, long now) {
      KeyState known = known(limit, state, now);
      Decision decision =
          known.blockedUntil() > now
              ? blocked(limit, penalty, known, now)
              : decision(limit, limit.peek(known.limit(), cost, now), now);
      return new Step(state, false, decision);
    }
  }

  /** Gives back what a take took that was allowed. */
  record Refund(Limit limit, long cost, String permit, long takenAt) implements Change {

    @Override
    public Step on(@Nullable KeyState state, long now) {
      if (state == null) {
        return new Step(null, false, NOTHING);
      }
      LimitState next = limit.refund(state.limit(), cost, permit, takenAt);
      KeyState kept = new KeyState(next, state.refusals(), state.blockedUntil(), state.freshAt());
      return new Step(kept, true, NOTHING);
    }
  }

  /** Gives a permit back; is allowed if it was held. */
  record Release(String permit) implements Change {

    @Override
    public Step on(@Nullable KeyState state, long now) {
      if (state == null) {
        return new Step(null, false, refusal());
      }
      LimitState next = ConcurrencyLimit.without(state.limit(), permit);
      boolean held = !next.equals(state.limit());
      KeyState kept = new KeyState(next, state.refusals(), state.blockedUntil(), state.freshAt());
      return new Step(held ? kept : state, held, held ? NOTHING : refusal());
    }

    private static Decision refusal() {
      return new Decision(false, 0, 0, 0, 0, 0);
    }
  }

  /**
   * Gives a permit of an adaptive limit back and learns from the work; is allowed if it was held.
   *
   * @param took microseconds; less than 0 for the time since the take
   * @param dropped whether the work was given up or refused by who was to do it
   */
  record Finish(AdaptiveLimit limit, String permit, long took, boolean dropped) implements Change {

    @Override
    public Step on(@Nullable KeyState state, long now) {
      if (state == null) {
        return new Step(null, false, Release.refusal());
      }
      LimitState next = limit.ended(state.limit(), permit, took, dropped, now);
      boolean held = !next.equals(state.limit());
      KeyState kept = new KeyState(next, state.refusals(), state.blockedUntil(), state.freshAt());
      return new Step(held ? kept : state, held, held ? NOTHING : Release.refusal());
    }
  }

  /** Forgets the key. */
  record Reset() implements Change {

    @Override
    public Step on(@Nullable KeyState state, long now) {
      return new Step(null, state != null, NOTHING);
    }
  }

  private static KeyState known(Limit limit, @Nullable KeyState state, long now) {
    return state == null || state.freshAt() <= now ? new KeyState(limit.fresh(), 0, 0, now) : state;
  }

  private static Decision decision(Limit limit, Ruling ruling, long now) {
    return new Decision(
        ruling.allowed(),
        limit.most(),
        ruling.remaining(),
        millis(ruling.retryAfter()),
        millis(ruling.reset()),
        now);
  }

  /** A key under a penalty; what a clock that was set back would add to it does not count. */
  private static Decision blocked(Limit limit, Penalty penalty, KeyState state, long now) {
    long left =
        Math.min(state.blockedUntil() - now, Math.max(1000, penalty.period().toNanos() / 1000));
    return new Decision(
        false, limit.most(), 0, millis(left), millis(Math.max(left, state.freshAt() - now)), now);
  }

  private static long millis(long micros) {
    return micros == Decision.NEVER ? Decision.NEVER : GcraLimit.ceil(micros, 1000);
  }
}
