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
 * Whoever takes with the same permit again renews its lease and takes nothing more.
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
    boolean renews = held.removeIf(each -> !permit.isEmpty() && each.id().equals(permit));
    long free = permits - count(held);
    long wait = held.stream().mapToLong(each -> each.endsAt() - now).min().orElse(0);
    if (wanted > free && !renews) {
      return new Ruling(
          false,
          state,
          Math.max(0, free),
          wanted > permits ? Decision.NEVER : wait,
          reset(held, now));
    }
    if (wanted > 0 && !permit.isEmpty()) {
      held.add(new Permit(permit, wanted, now + lease.toNanos() / 1000));
    }
    return new Ruling(
        true, new Held(held), Math.max(0, permits - count(held)), 0, reset(held, now));
  }

  private static long reset(List<Permit> held, long now) {
    return held.stream().mapToLong(each -> each.endsAt() - now).max().orElse(0);
  }

  private static long count(List<Permit> held) {
    return held.stream().mapToLong(Permit::count).sum();
  }

  @Override
  public LimitState refund(LimitState state, long taken, String permit, long takenAt) {
    return without(state, permit);
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
