package io.vertebra.limiter;

import io.vertebra.limiter.LimitState.Arrival;
import io.vertx.core.json.JsonObject;
import java.math.BigInteger;
import java.time.Duration;

/**
 * A steady rate with bursts: a bucket that holds {@code burst} permits and gets {@code permits} of
 * them per {@code period}, evenly. Exact: fractions of permits are kept as whole numbers.
 *
 * <p>Source: the generic cell rate algorithm of ITU-T I.371, in the form of virtual scheduling, and
 * its use for one key of a store by redis-cell.
 *
 * @param permits 1 to 1,000,000
 * @param period JSON {@code periodMs}, 1 ms to 31 days
 * @param burst most permits at once, 1 to 1,000,000; by default {@code permits}
 */
public record GcraLimit(long permits, Duration period, long burst) implements Limit {

  public GcraLimit {
    LimitReader.check(permits, period);
    LimitReader.checkRange(burst, "/burst");
    LimitReader.checkProduct(burst, period);
  }

  /** Units of one permit; a microsecond has {@link #perMicro} of them. */
  private long perPermit() {
    return micros() / divisor();
  }

  /** Parts of a microsecond. */
  long perMicro() {
    return permits / divisor();
  }

  /** The time in which so many permits come, at most {@link #burst}. */
  Arrival span(long some) {
    long units = some * perPermit();
    return new Arrival(units / perMicro(), units % perMicro());
  }

  private long divisor() {
    return BigInteger.valueOf(micros()).gcd(BigInteger.valueOf(permits)).longValueExact();
  }

  private long micros() {
    return period.toNanos() / 1000;
  }

  @Override
  public long most() {
    return burst;
  }

  @Override
  public long window(long now) {
    return ceil(burst * perPermit(), perMicro());
  }

  @Override
  public LimitState fresh() {
    return new Arrival(0, 0);
  }

  @Override
  public Ruling take(LimitState state, long wanted, String permit, long now) {
    long perPermit = perPermit();
    long perMicro = perMicro();
    long full = burst * perPermit;
    long debt = debt(state, now, full, perMicro);
    boolean possible = wanted <= burst;
    long after = possible ? debt + wanted * perPermit : full + 1;
    if (after > full) {
      boolean setBack = state instanceof Arrival at && at.micros() - now > full / perMicro + 1;
      return new Ruling(
          false,
          setBack ? arrival(now, debt) : state,
          (full - debt) / perPermit,
          possible ? ceil(after - full, perMicro) : Decision.NEVER,
          ceil(debt, perMicro));
    }
    return new Ruling(
        true, arrival(now, after), (full - after) / perPermit, 0, ceil(after, perMicro));
  }

  @Override
  public LimitState refund(LimitState state, long taken, String permit, long takenAt) {
    if (!(state instanceof Arrival arrival)) {
      return state;
    }
    long perMicro = perMicro();
    long units = taken * perPermit();
    long whole = arrival.micros() - units / perMicro;
    long fraction = arrival.fraction() - units % perMicro;
    return fraction < 0
        ? new Arrival(whole - 1, fraction + perMicro)
        : new Arrival(whole, fraction);
  }

  /** What is missing from a full bucket, at most all of it even if a clock was set back. */
  private static long debt(LimitState state, long now, long full, long perMicro) {
    if (!(state instanceof Arrival arrival) || arrival.micros() < now) {
      return 0;
    }
    long ahead = arrival.micros() - now;
    if (ahead > full / perMicro) {
      return full;
    }
    return Math.min(full, ahead * perMicro + Math.min(arrival.fraction(), perMicro - 1));
  }

  private Arrival arrival(long now, long debt) {
    long perMicro = perMicro();
    return new Arrival(now + debt / perMicro, debt % perMicro);
  }

  static long ceil(long units, long divisor) {
    return (units + divisor - 1) / divisor;
  }

  @Override
  public GcraLimit share(int nodes) {
    return new GcraLimit(Math.max(1, permits / nodes), period, Math.max(1, burst / nodes));
  }

  @Override
  public JsonObject toJson() {
    return new JsonObject()
        .put("algorithm", "gcra")
        .put("permits", permits)
        .put("periodMs", period.toMillis())
        .put("burst", burst);
  }
}
