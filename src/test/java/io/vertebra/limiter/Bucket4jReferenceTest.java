package io.vertebra.limiter;

import static io.vertebra.testkit.Waiting.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.bucket4j.Bucket;
import io.github.bucket4j.ConsumptionProbe;
import io.github.bucket4j.TimeMeter;
import io.vertebra.testkit.RedisNode;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/**
 * GCRA against the token bucket of Bucket4j with a greedy refill, decision by decision. Both mean
 * the same where the bucket begins full, no more is asked for than it holds, and the clock counts
 * in whole microseconds and does not go back.
 */
final class Bucket4jReferenceTest {
  private static final int TRACES = 100_000;
  private static final int DECISIONS = 12;

  /** Virtual time passes faster than the server's. */
  private static final long KEEP_MS = 600_000;

  @Test
  void decidesAsBucket4jDoesOnAHundredThousandRandomTraces() {
    followAll(
        TRACES,
        ticker -> {
          AtomicReference<KeyState> state = new AtomicReference<>();
          return take -> {
            Change.Step step = take.on(state.get(), ticker.micros);
            state.set(step.next());
            return step.decision();
          };
        });
  }

  @Test
  void decidesAsBucket4jDoesThroughRedis() {
    try (RedisNode redis = new RedisNode()) {
      AtomicInteger keys = new AtomicInteger();
      followAll(
          TRACES / 100,
          ticker -> {
            String key = "trace" + keys.incrementAndGet();
            LimitStore store = RedisLimitStore.at(redis.service(), () -> ticker.micros, KEEP_MS);
            return take -> await(store.change(key, take));
          });
    }
  }

  /** Whoever decides on one key by a clock. */
  private interface Decider {
    Decision on(Change.Take take);
  }

  private static void followAll(int traces, Function<Ticker, Decider> deciders) {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    long refused = 0;
    for (int trace = 0; trace < traces; trace++) {
      Ticker ticker = new Ticker();
      refused += follow(random, "seed " + seed + " trace " + trace, ticker, deciders.apply(ticker));
    }
    assertThat(refused).as("some of each").isBetween(traces / 2L, traces * (DECISIONS - 1L));
  }

  private static int follow(Random random, String trace, Ticker ticker, Decider decider) {
    long permits = 1 + random.nextInt(random.nextBoolean() ? 20 : 5_000);
    long burst = 1 + random.nextInt(random.nextBoolean() ? 20 : 2_000);
    long periodMs = 1 + random.nextInt(random.nextBoolean() ? 50 : 100_000);
    GcraLimit limit = new GcraLimit(permits, Duration.ofMillis(periodMs), burst);
    Bucket bucket =
        Bucket.builder()
            .withCustomTimePrecision(ticker)
            .addLimit(
                spec -> spec.capacity(burst).refillGreedy(permits, Duration.ofMillis(periodMs)))
            .build();
    int refused = 0;
    long perPermit = Math.max(1, periodMs * 1000 / permits);
    for (int i = 0; i < DECISIONS; i++) {
      ticker.micros += random.nextInt(4) == 0 ? 0 : random.nextLong(3 * perPermit);
      long cost = 1 + random.nextLong(Math.min(burst, random.nextBoolean() ? 3 : burst));
      Decision decision = decider.on(new Change.Take(limit, Penalty.NONE, cost, ""));
      ConsumptionProbe probe = bucket.tryConsumeAndReturnRemaining(cost);
      assertThat(decision.allowed()).as(trace).isEqualTo(probe.isConsumed());
      assertThat(decision.remaining()).as(trace).isEqualTo(probe.getRemainingTokens());
      // Bucket4j drops a fraction of a nanosecond, after which the permits are not there yet.
      long wait = probe.getNanosToWaitForRefill();
      long most = probe.isConsumed() ? 0 : wait + 1;
      assertThat(decision.retryAfterMs()).as(trace).isBetween(millis(wait), millis(most));
      refused += decision.allowed() ? 0 : 1;
    }
    return refused;
  }

  private static long millis(long nanos) {
    return (nanos + 999_999) / 1_000_000;
  }

  private static final class Ticker implements TimeMeter {
    private long micros = 1_900_000_000_000_000L;

    @Override
    public long currentTimeNanos() {
      return micros * 1000;
    }

    @Override
    public boolean isWallClockBased() {
      return true;
    }
  }
}
