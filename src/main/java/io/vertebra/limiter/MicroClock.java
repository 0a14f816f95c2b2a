package io.vertebra.limiter;

import java.time.Clock;
import java.time.Instant;
import java.util.function.LongSupplier;

/** A clock in microseconds since 1970. */
record MicroClock(Clock clock) implements LongSupplier {

  @Override
  public long getAsLong() {
    Instant now = clock.instant();
    return now.getEpochSecond() * 1_000_000 + now.getNano() / 1000;
  }
}
