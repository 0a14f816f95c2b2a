package io.vertebra.limiter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertebra.api.Failure;
import io.vertebra.api.Fields;
import io.vertebra.limiter.Change.Step;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class LimitTest {
  private static final long SECOND = 1_000_000;
  private static final Duration MINUTE = Duration.ofMinutes(1);

  private @Nullable KeyState state;
  private long now = micros("2030-01-01T00:00:00Z");

  private static long micros(String instant) {
    return Instant.parse(instant).getEpochSecond() * SECOND;
  }

  private Decision take(Limit limit, long cost) {
    return apply(new Change.Take(limit, Penalty.NONE, cost, ""));
  }

  private Decision apply(Change change) {
    Step step = change.on(state, now);
    KeyState next = step.next();
    state = next == null ? null : StateCodec.state(StateCodec.encode(next));
    assertThat(StateCodec.change(StateCodec.encode(change))).isEqualTo(change);
    assertThat(StateCodec.decision(StateCodec.encode(step.decision()))).isEqualTo(step.decision());
    return step.decision();
  }

  private long takeAll(Limit limit) {
    long taken = 0;
    while (take(limit, 1).allowed()) {
      taken++;
    }
    return taken;
  }

  @Test
  void aBucketGivesItsBurstAndThenOnePermitAtATime() {
    GcraLimit limit = new GcraLimit(10, Duration.ofSeconds(1), 5);
    assertThat(takeAll(limit)).isEqualTo(5);
    assertThat(take(limit, 1).retryAfterMs()).isEqualTo(100);
    assertThat(take(limit, 1).resetMs()).isEqualTo(500);
    now += 99_999;
    assertThat(take(limit, 1).allowed()).isFalse();
    now += 1;
    assertThat(take(limit, 1).allowed()).isTrue();
    assertThat(take(limit, 6).retryAfterMs()).isEqualTo(Decision.NEVER);
  }

  @Test
  void aClockThatIsSetBackNeitherGivesMoreNorBlocksForLong() {
    for (Limit limit :
        List.of(
            new GcraLimit(6, MINUTE, 6),
            new SlidingWindowLimit(6, MINUTE),
            new CalendarLimit(6, CalendarLimit.Unit.MINUTE, ZoneId.of("UTC")))) {
      state = null;
      assertThat(takeAll(limit)).isEqualTo(6);
      now -= 3600 * SECOND;
      assertThat(take(limit, 1).allowed()).isFalse();
      now += 121 * SECOND;
      assertThat(take(limit, 1).allowed()).as(limit.toString()).isTrue();
    }
  }

  @Test
  void aSlidingWindowCountsWhatIsStillInReach() {
    SlidingWindowLimit limit = new SlidingWindowLimit(10, Duration.ofSeconds(10));
    assertThat(takeAll(limit)).isEqualTo(10);
    now += 10 * SECOND;
    assertThat(take(limit, 1).retryAfterMs()).isEqualTo(1000);
    now += 5 * SECOND;
    assertThat(takeAll(limit)).isEqualTo(5);
    now += 20 * SECOND;
    assertThat(takeAll(limit)).isEqualTo(10);
  }

  @Test
  void aQuotaOfTheCalendarBeginsAnewWithTheDayOfItsZone() {
    CalendarLimit limit =
        new CalendarLimit(3, CalendarLimit.Unit.DAY, ZoneId.of("America/New_York"));
    now = micros("2030-03-10T04:59:00Z");
    assertThat(takeAll(limit)).isEqualTo(3);
    assertThat(take(limit, 1).retryAfterMs()).isEqualTo(60_000);
    now += 60 * SECOND;
    assertThat(takeAll(limit)).isEqualTo(3);
    assertThat(limit.window(now)).as("summer time begins").isEqualTo(23 * 3600 * SECOND);
    CalendarLimit monthly = new CalendarLimit(3, CalendarLimit.Unit.MONTH, ZoneId.of("UTC"));
    assertThat(monthly.window(now)).isEqualTo(31 * 86_400 * SECOND);
  }

  @Test
  void permitsAreHeldUntilGivenBackOrTheirLeaseEnds() {
    ConcurrencyLimit limit = new ConcurrencyLimit(2, Duration.ofSeconds(10));
    assertThat(hold(limit, "a")).isTrue();
    now += SECOND;
    assertThat(hold(limit, "b")).isTrue();
    assertThat(hold(limit, "c")).isFalse();
    assertThat(hold(limit, "a")).as("renews").isTrue();
    assertThat(apply(new Change.Release("a")).allowed()).isTrue();
    assertThat(apply(new Change.Release("a")).allowed()).isFalse();
    assertThat(hold(limit, "c")).isTrue();
    now += 10 * SECOND;
    assertThat(hold(limit, "d")).isTrue();
    assertThat(hold(limit, "e")).isTrue();
    assertThat(hold(limit, "f")).isFalse();
  }

  private boolean hold(Limit limit, String permit) {
    return apply(new Change.Take(limit, Penalty.NONE, 1, permit)).allowed();
  }

  @Test
  void aRefundLeavesEveryLimitAsIfNothingHadBeenTaken() {
    for (Limit limit : all()) {
      state = null;
      assertThat(apply(new Change.Take(limit, Penalty.NONE, 2, "a")).allowed()).isTrue();
      Decision before = apply(new Change.Peek(limit, Penalty.NONE, 1));
      Decision taken = apply(new Change.Take(limit, Penalty.NONE, 3, "b"));
      Decision unused = apply(new Change.Refund(limit, 3, "b", taken.at()));
      assertThat(apply(new Change.Peek(limit, Penalty.NONE, 1)).remaining())
          .as(limit.toString())
          .isEqualTo(before.remaining());
      assertThat(unused).isEqualTo(Change.NOTHING);
    }
  }

  private static List<Limit> all() {
    return List.of(
        new GcraLimit(7, MINUTE, 9),
        new SlidingWindowLimit(9, MINUTE),
        new CalendarLimit(9, CalendarLimit.Unit.HOUR, ZoneId.of("UTC")),
        new ConcurrencyLimit(9, MINUTE));
  }

  @Test
  void whoeverComesBackWhenToldIsAdmittedAndNotAMomentBefore() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    for (int i = 0; i < 20_000; i++) {
      List<Limit> limits =
          List.of(
              new GcraLimit(1 + random.nextInt(50), Duration.ofMillis(1 + random.nextInt(900)), 9),
              new SlidingWindowLimit(9, Duration.ofMillis(1 + random.nextInt(900))));
      Limit limit = limits.get(random.nextInt(2));
      LimitState held = limit.fresh();
      for (int j = 0; j < 12; j++) {
        now += random.nextInt(300_000);
        Limit.Ruling ruling = limit.take(held, 1 + random.nextInt(4), "", now);
        held = ruling.next();
        long wanted = 1 + random.nextInt(4);
        Limit.Ruling peeked = limit.peek(held, wanted, now);
        long at = now + peeked.retryAfter();
        assertThat(limit.peek(held, wanted, at).allowed()).as("seed " + seed).isTrue();
        if (!peeked.allowed()) {
          assertThat(limit.peek(held, wanted, at - 1).allowed()).as("seed " + seed).isFalse();
        }
      }
    }
  }

  @Test
  void aStateThatIsForgottenWhenFreshWasAsGoodAsNone() {
    Random random = new Random(7);
    for (Limit limit : all()) {
      state = null;
      for (int i = 0; i < 200; i++) {
        Decision unused = take(limit, 1 + random.nextInt(3));
        now += random.nextInt(20) * SECOND;
        KeyState kept = state;
        if (kept != null && kept.freshAt() <= now) {
          Decision known = limitOf(limit, kept);
          assertThat(known.remaining()).as(limit.toString()).isEqualTo(9);
        }
        assertThat(unused.limit()).isEqualTo(9);
      }
    }
  }

  /** Judges the kept state itself, however old. */
  private Decision limitOf(Limit limit, KeyState kept) {
    Limit.Ruling ruling = limit.peek(kept.limit(), 0, now);
    return new Decision(true, 9, ruling.remaining(), 0, 0, now);
  }

  @Test
  void aSlidingWindowNeverGivesMoreInAWindowThanTheLimit() {
    SlidingWindowLimit limit = new SlidingWindowLimit(20, Duration.ofSeconds(1));
    Random random = new Random(3);
    Deque<Long> admitted = new ArrayDeque<>();
    for (int i = 0; i < 20_000; i++) {
      now += random.nextInt(40_000);
      if (take(limit, 1).allowed()) {
        admitted.add(now / SECOND);
      }
    }
    admitted.stream()
        .distinct()
        .forEach(
            window ->
                assertThat(admitted.stream().filter(window::equals).count())
                    .isLessThanOrEqualTo(20));
  }

  @Test
  void aKeyThatGoesOnAfterRefusalsIsBlockedForAWhile() {
    GcraLimit limit = new GcraLimit(60, MINUTE, 1);
    Penalty penalty = new Penalty(2, Duration.ofSeconds(30));
    Change.Take take = new Change.Take(limit, penalty, 1, "");
    assertThat(apply(take).allowed()).isTrue();
    assertThat(apply(take).retryAfterMs()).isEqualTo(1000);
    assertThat(apply(take).retryAfterMs()).isEqualTo(30_000);
    now += 29 * SECOND;
    assertThat(apply(take).allowed()).isFalse();
    assertThat(apply(new Change.Peek(limit, penalty, 1)).retryAfterMs()).isEqualTo(1000);
    now += SECOND;
    assertThat(apply(take).allowed()).isTrue();
  }

  /** As nodes wrote them that did not tell what was held before a permit was renewed. */
  @Test
  void olderStatesOfHeldPermitsAreRead() {
    LimitState held = new LimitState.Held(List.of(new LimitState.Permit("ann", 2, now + 1, 0)));
    KeyState known = new KeyState(held, 1, 0, now);
    byte[] written = StateCodec.encode(known);
    assertThat(StateCodec.state(Arrays.copyOf(written, written.length - Long.BYTES)))
        .isEqualTo(known);
    assertThat(RedisChange.state("h 1 0 " + now + " YW5u:2:" + (now + 1))).isEqualTo(known);
  }

  @Test
  void limitsAreReadAndWritten() {
    for (Limit limit : all()) {
      assertThat(LimitReader.from(Fields.of(limit.toJson()))).isEqualTo(limit);
    }
    assertThat(LimitReader.from(Fields.of(new JsonObject().put("permits", 5))))
        .isEqualTo(new GcraLimit(5, Duration.ofSeconds(1), 5));
    JsonObject wrong = new JsonObject().put("permits", 5).put("unit", "day");
    assertThatThrownBy(() -> LimitReader.from(Fields.of(wrong)))
        .isInstanceOf(Failure.class)
        .hasMessageContaining("/unit is of calendar");
    assertThatThrownBy(() -> new GcraLimit(999_983, Duration.ofDays(31), 1_000_000))
        .hasMessageContaining("/permits times periodMs");
  }
}
