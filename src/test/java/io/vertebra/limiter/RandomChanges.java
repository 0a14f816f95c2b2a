package io.vertebra.limiter;

import io.vertebra.testkit.TestClock;
import java.time.Duration;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Random;

/** All that can be done to keys, under limits of every kind, in turns that repeat with a seed. */
final class RandomChanges {
  private final Random random;
  private int keys;
  private Limit limit = new GcraLimit(1, Duration.ofSeconds(1), 1);
  private Penalty penalty = Penalty.NONE;
  private long most = 1;
  private long stepMicros = 1;
  private long takenAt;

  RandomChanges(Random random) {
    this.random = random;
  }

  /** Goes on with another key and limit. */
  void another() {
    keys++;
    long period = 1L << random.nextInt(31);
    long permits = 1 + random.nextInt(random.nextBoolean() ? 20 : 800_000);
    long burst = 1 + random.nextInt(random.nextBoolean() ? 20 : 800);
    penalty =
        random.nextInt(4) == 0
            ? new Penalty(1 + random.nextInt(3), Duration.ofMillis(1 + random.nextLong(period)))
            : Penalty.NONE;
    limit =
        switch (random.nextInt(4)) {
          case 0 -> new GcraLimit(permits, Duration.ofMillis(period), burst);
          case 1 -> new SlidingWindowLimit(permits, Duration.ofMillis(period));
          case 2 ->
              new CalendarLimit(
                  permits,
                  CalendarLimit.Unit.values()[random.nextInt(5)],
                  random.nextBoolean() ? ZoneOffset.UTC : ZoneId.of("America/New_York"));
          default ->
              new ConcurrencyLimit(
                  Math.min(permits, 10), Duration.ofMillis(1 + period % 86_400_000));
        };
    most = limit.most();
    stepMicros =
        limit instanceof CalendarLimit calendar
            ? calendar.window(0) / 4
            : Math.max(1, period * 1000 / 3);
  }

  String key() {
    return "key{" + keys + "}";
  }

  /** Lets some time pass, or none. */
  void pause(TestClock clock) {
    if (random.nextInt(3) == 0) {
      clock.advance(Duration.of(random.nextLong(stepMicros), ChronoUnit.MICROS));
    }
  }

  Change next(long now) {
    long cost = random.nextInt(20) == 0 ? random.nextLong(3 * most) : random.nextLong(1 + most / 2);
    String permit = "p/ü:" + random.nextInt(6);
    return switch (random.nextInt(12)) {
      case 0 -> new Change.Peek(limit, penalty, cost);
      case 1 -> new Change.Refund(limit, Math.min(cost, most), permit, takenAt);
      case 2 -> new Change.Release(permit);
      case 3 -> random.nextInt(9) == 0 ? new Change.Reset() : take(cost, permit, now);
      default -> take(cost, permit, now);
    };
  }

  private Change take(long cost, String permit, long now) {
    takenAt = now;
    return new Change.Take(limit, penalty, cost, permit);
  }
}
