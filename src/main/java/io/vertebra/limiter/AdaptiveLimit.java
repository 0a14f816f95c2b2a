package io.vertebra.limiter;

import io.vertebra.api.Failure;
import io.vertebra.limiter.LimitState.Adapting;
import io.vertebra.limiter.LimitState.Permit;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Permits that are held for a while and given back, as many as the work bears without queueing: how
 * many is found from how long it takes. Each node finds and holds its own.
 *
 * @param permits most at once, 1 to 1,000
 * @param minPermits least at once, 1 to {@code permits}
 * @param initialPermits at once while nothing is known, {@code minPermits} to {@code permits}
 * @param lease JSON {@code leaseMs}, 1 ms to 1 day; permits are free again then
 */
public record AdaptiveLimit(long permits, long minPermits, long initialPermits, Duration lease)
    implements Limit {
  static final long DEFAULT_INITIAL = 20;

  /** What was found is kept so long while nobody asks. */
  private static final long KEEP_MICROS = 600_000_000;

  private static final long SECOND = 1_000_000;

  public AdaptiveLimit {
    ConcurrencyLimit unused = new ConcurrencyLimit(permits, lease);
    if (minPermits < 1 || minPermits > permits) {
      throw Failure.invalid("/minPermits", "must be 1 to permits");
    }
    if (initialPermits < minPermits || initialPermits > permits) {
      throw Failure.invalid("/initialPermits", "must be minPermits to permits");
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
    return new Adapting(Gradient.of(initialPermits, 0), List.of());
  }

  private Adapting known(LimitState state, long now) {
    return state instanceof Adapting adapting
            && adapting.gradient().probeAt() > Gradient.PROBE_EVERY
        ? adapting
        : new Adapting(Gradient.of(initialPermits, now), List.of());
  }

  @Override
  public Ruling take(LimitState state, long wanted, String permit, long now) {
    Adapting known = known(state, now);
    List<Permit> held = new ArrayList<>(known.permits().size() + 1);
    known.permits().stream().filter(each -> each.endsAt() > now).forEach(held::add);
    long limit = known.gradient().permits(this);
    long remaining = limit - ConcurrencyLimit.count(held);
    long own = ConcurrencyLimit.removed(held, permit);
    boolean renews = own > 0 && wanted <= own;
    if (wanted > limit - ConcurrencyLimit.count(held) && !renews) {
      long wait = known.gradient().base() == 0 ? SECOND : (long) known.gradient().base();
      return new Ruling(
          false,
          state,
          Math.max(0, remaining),
          wanted > permits ? Decision.NEVER : Math.max(1000, wait),
          KEEP_MICROS);
    }
    if (wanted > 0 && !permit.isEmpty()) {
      long endsAt = now + ConcurrencyLimit.micros(lease);
      held.add(new Permit(permit, Math.max(own, wanted), endsAt, own));
    }
    return new Ruling(
        true,
        new Adapting(known.gradient(), held),
        Math.max(0, limit - ConcurrencyLimit.count(held)),
        0,
        Math.max(KEEP_MICROS, ConcurrencyLimit.micros(lease)));
  }

  @Override
  public LimitState refund(LimitState state, long taken, String permit, long takenAt) {
    long endsAt = takenAt + ConcurrencyLimit.micros(lease);
    return state instanceof Adapting known
        ? new Adapting(known.gradient(), ConcurrencyLimit.refunded(known.permits(), permit, endsAt))
        : state;
  }

  /**
   * Gives a permit back and learns from how it went; a permit that is not held changes nothing.
   *
   * @param micros what the work took; less than 0 for the time since the take
   */
  LimitState ended(LimitState state, String permit, long micros, boolean dropped, long now) {
    if (!(state instanceof Adapting known)) {
      return state;
    }
    for (Permit each : known.permits()) {
      if (each.id().equals(permit)) {
        long takenAt = each.endsAt() - ConcurrencyLimit.micros(lease);
        long took = micros < 0 ? Math.max(0, now - takenAt) : micros;
        Gradient next =
            known
                .gradient()
                .ended(took, ConcurrencyLimit.count(known.permits()), dropped, this, now);
        List<Permit> left =
            known.permits().stream().filter(other -> !other.id().equals(permit)).toList();
        return new Adapting(next, left);
      }
    }
    return state;
  }

  /** Each node has its own anyway. */
  @Override
  public AdaptiveLimit share(int nodes) {
    return this;
  }

  @Override
  public JsonObject toJson() {
    return new JsonObject()
        .put("algorithm", "adaptive")
        .put("permits", permits)
        .put("minPermits", minPermits)
        .put("initialPermits", initialPermits)
        .put("leaseMs", lease.toMillis());
  }
}
