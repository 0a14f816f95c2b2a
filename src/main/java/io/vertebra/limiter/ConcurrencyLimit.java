package io.vertebra.limiter;

import io.vertebra.api.Failure;
import io.vertebra.limiter.LimitState.Held;
import io.vertebra.limiter.LimitState.Permit;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Permits that are held for a while and given back, or are free again when their lease ends.
 * Whoever takes with the same permit again renews its lease and takes nothing more, unless more is
 * wanted than it holds and there is room for that.
 *
 * @param permits most at once, 1 to 1,000
 * @param lease JSON {@code leaseMs}, 1 ms to 1 day; work that takes longer must renew
 */
public record ConcurrencyLimit(long permits, Duration lease) implements Limit {
  static final long MOST_PERMITS = 1_000;
  static final long MOST_LEASE_MS = 86_400_000;

  public ConcurrencyLimit {
    if (permits < 1 || permits > MOST_PERMITS) {
      throw Failure.invalid("/permits", "must be 1 to " + MOST_PERMITS);
    }
    if (lease.toMillis() < 1 || lease.toMillis() > MOST_LEASE_MS) {
      throw Failure.invalid("/leaseMs", "must be 1 to " + MOST_LEASE_MS);
    }
  }

  @Override
  public boolean isHeld() {
    return true;
  }

  @Override
  public long window(long now) {
    return 0;
  }

  @Override
  public LimitState fresh() {
    return new Held(List.of());
  }

  @Override
  public Ruling take(LimitState state, long wanted, String permit, long now) {
    List<Permit> held = new ArrayList<>();
    if (state instanceof Held present) {
      present.permits().stream().filter(each -> each.endsAt() > now).forEach(held::add);
    }
    long remaining = permits - count(held);
    long reset = reset(held, now);
    long own = removed(held, permit);
    boolean renews = own > 0 && wanted <= own;
    if (wanted > permits - count(held) && !renews) {
      long wait = held.stream().mapToLong(each -> each.endsAt() - now).min().orElse(0);
      return new Ruling(
          false, state, Math.max(0, remaining), wanted > permits ? Decision.NEVER : wait, reset);
    }
    if (wanted > 0 && !permit.isEmpty()) {
      held.add(new Permit(permit, Math.max(own, wanted), now + micros(lease), own));
    }
    return new Ruling(
        true, new Held(held), Math.max(0, permits - count(held)), 0, reset(held, now));
  }

  private static long reset(List<Permit> held, long now) {
    return held.stream().mapToLong(each -> each.endsAt() - now).max().orElse(0);
  }

  static long count(List<Permit> held) {
    return held.stream().mapToLong(Permit::count).sum();
  }

  static long micros(Duration lease) {
    return lease.toNanos() / 1000;
  }

  /** Removes a permit from those held; yields how many it was. */
  static long removed(List<Permit> held, String permit) {
    long before = count(held);
    boolean unused = held.removeIf(each -> each.id().equals(permit));
    return before - count(held);
  }

  @Override
  public LimitState refund(LimitState state, long taken, String permit, long takenAt) {
    return state instanceof Held held
        ? new Held(refunded(held.permits(), permit, takenAt + micros(lease)))
        : state;
  }

  /**
   * The permits held when a take was undone: what was held before it stays, and so does all that
   * was taken anew since.
   *
   * @param endsAt the end of the lease that the take began
   */
  static List<Permit> refunded(List<Permit> held, String permit, long endsAt) {
    List<Permit> left = new ArrayList<>();
    for (Permit each : held) {
      if (!each.id().equals(permit) || each.endsAt() != endsAt) {
        left.add(each);
      } else if (each.before() > 0) {
        left.add(new Permit(permit, each.before(), endsAt, each.before()));
      }
    }
    return left;
  }

  /** The state when a permit was given back. */
  static LimitState without(LimitState state, String permit) {
    if (state instanceof Held held) {
      return new Held(without(held.permits(), permit));
    }
    return state instanceof LimitState.Adapting adapting
        ? new LimitState.Adapting(adapting.gradient(), without(adapting.permits(), permit))
        : state;
  }

  private static List<Permit> without(List<Permit> held, String permit) {
    return held.stream().filter(each -> !each.id().equals(permit)).toList();
  }

  @Override
  public ConcurrencyLimit share(int nodes) {
    return new ConcurrencyLimit(Math.max(1, permits / nodes), lease);
  }

  @Override
  public JsonObject toJson() {
    return new JsonObject()
        .put("algorithm", "concurrency")
        .put("permits", permits)
        .put("leaseMs", lease.toMillis());
  }
}
