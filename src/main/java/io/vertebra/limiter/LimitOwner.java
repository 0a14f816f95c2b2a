package io.vertebra.limiter;

import io.vertebra.cluster.OwnedMap;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** What a node does with the keys it owns: it decides by its own clock, and bounds their number. */
final class LimitOwner implements OwnedMap.Rule {
  /** The answer to a new key for which there is no room. */
  static final byte[] FULL = new byte[0];

  private final LongSupplier micros;
  private final long maxKeys;
  private final AtomicLong since = new AtomicLong();
  private volatile long counted;
  private volatile long uncounted;

  LimitOwner(Clock clock, long maxKeys) {
    this.micros = new MicroClock(clock);
    this.maxKeys = maxKeys;
  }

  @Override
  public OwnedMap.Step apply(byte @Nullable [] value, byte[] request) {
    long now = micros.getAsLong();
    KeyState before = value == null ? null : StateCodec.state(value);
    Change.Step step = StateCodec.change(request).on(before, now);
    KeyState next = step.next();
    if (before == null && next != null && step.changes() && !makeRoom()) {
      return new OwnedMap.Step(null, false, Duration.ZERO, FULL);
    }
    return new OwnedMap.Step(
        next == null ? null : StateCodec.encode(next),
        step.changes(),
        next == null ? Duration.ZERO : Duration.ofNanos(Math.max(0, next.freshAt() - now) * 1000),
        StateCodec.encode(step.decision()));
  }

  private boolean makeRoom() {
    if (counted + since.get() >= maxKeys) {
      return false;
    }
    since.incrementAndGet();
    return true;
  }

  /** A count of the keys begins: what comes from now on may be in it or not. */
  void countBegins() {
    uncounted = since.get();
  }

  /** So many keys were there. */
  void counted(long keys) {
    counted = keys;
    since.addAndGet(-uncounted);
  }

  long keys() {
    return counted;
  }
}
