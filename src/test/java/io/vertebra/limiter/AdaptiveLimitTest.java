package io.vertebra.limiter;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What an adaptive limit finds of a server that is simulated, by a virtual clock. */
final class AdaptiveLimitTest {
  private static final long MILLISECOND = 1_000;
  private static final long SECOND = 1_000_000;
  private static final AdaptiveLimit LIMIT = new AdaptiveLimit(500, 1, 20, Duration.ofSeconds(30));

  /** Two minutes: some measurings of the base. */
  private static final long LONG = 120 * SECOND;

  @Test
  void staysNearWhatAServerBearsHoweverManyWant() {
    for (int workers : new int[] {4, 20, 100}) {
      long service = workers * MILLISECOND;
      SimulatedServer server = new SimulatedServer(LIMIT, workers, service);
      server.run(LONG, 3.0);
      List<Long> limits = server.laterLimits().stream().sorted().toList();
      assertThat(limits.get(limits.size() / 20))
          .as("all but while measuring, of %d", workers)
          .isGreaterThan((long) (workers * 0.8));
      assertThat(limits.get(limits.size() - 1))
          .as("most, of %d", workers)
          .isLessThan((long) (workers * 1.3 + 6));
      assertThat(server.meanLatency()).isLessThan(2.0 * service);
      assertThat(server.utilisation()).isGreaterThan(0.85);
    }
  }

  @Test
  void shrinksWhenTheServerSlowsDownAndRecovers() {
    SimulatedServer server = new SimulatedServer(LIMIT, 20, 10 * MILLISECOND);
    server.run(LONG - 15 * SECOND, 2.0);
    long before = server.limit();
    server.slowTo(40 * MILLISECOND);
    server.run(2 * SECOND, 2.0);
    assertThat(server.limit()).as("at once").isLessThan(before / 2);
    server.slowTo(10 * MILLISECOND);
    server.run(5 * SECOND, 2.0);
    assertThat(server.limit()).isBetween(15L, 30L);
  }

  @Test
  void learnsThatAServerHasBecomeSlowerForGood() {
    SimulatedServer server = new SimulatedServer(LIMIT, 20, 10 * MILLISECOND);
    server.run(LONG, 2.0);
    server.slowTo(40 * MILLISECOND);
    server.run(LONG, 2.0);
    assertThat(server.limit()).as("as many workers as before").isBetween(15L, 30L);
  }

  @Test
  void shrinksWhenFewerWorkersAreThere() {
    SimulatedServer server = new SimulatedServer(LIMIT, 100, 100 * MILLISECOND);
    server.run(LONG, 2.0);
    assertThat(server.limit()).isGreaterThan(80);
    server.leave(10);
    server.run(60 * SECOND, 2.0);
    assertThat(server.limit()).isBetween(5L, 20L);
  }

  @Test
  void growsNoFurtherThanIsUsed() {
    SimulatedServer server = new SimulatedServer(LIMIT, 100, 100 * MILLISECOND);
    server.run(LONG, 0.05);
    assertThat(server.limit()).as("5 are enough").isBetween(10L, 30L);
    assertThat(server.refused()).isZero();
  }

  @Test
  void shrinksWhenWorkIsGivenUp() {
    Gradient gradient = Gradient.of(100, 0);
    for (int i = 0; i < 2_000; i++) {
      gradient = gradient.ended(0, 100, true, LIMIT, i);
    }
    assertThat(gradient.permits(LIMIT)).isLessThan(20);
    for (int i = 0; i < 20_000; i++) {
      gradient = gradient.ended(0, 100, true, LIMIT, i);
    }
    assertThat(gradient.permits(LIMIT)).as("never none").isEqualTo(1);
  }

  @Test
  void learnsWhatThePermitsHolderSaysOfTheTime() {
    LimitState taken = LIMIT.take(LIMIT.fresh(), 1, "a", SECOND).next();
    LimitState ended = LIMIT.ended(taken, "a", 7, false, 2 * SECOND);
    assertThat(((LimitState.Adapting) ended).gradient().window().sum()).isEqualTo(7);
    assertThat(((LimitState.Adapting) ended).permits()).isEmpty();
    assertThat(LIMIT.ended(ended, "a", 7, false, 2 * SECOND)).as("not twice").isEqualTo(ended);
    LimitState byTheClock = LIMIT.ended(taken, "a", -1, false, 2 * SECOND);
    assertThat(((LimitState.Adapting) byTheClock).gradient().window().sum()).isEqualTo(SECOND);
  }

  @Test
  void freesPermitsWhoseLeaseEnded() {
    LimitState taken = LIMIT.take(LIMIT.fresh(), 5, "a", SECOND).next();
    assertThat(LIMIT.take(taken, 1, "b", 2 * SECOND).allowed()).isFalse();
    assertThat(LIMIT.take(taken, 1, "b", 31 * SECOND).allowed()).isTrue();
  }

  @Test
  void renewsWhatIsHeldAndNoMoreAndGivesBackOnlyWhatWasTaken() {
    long now = LONG;
    AdaptiveLimit eight = new AdaptiveLimit(8, 8, 8, Duration.ofSeconds(30));
    LimitState state = eight.take(eight.fresh(), 6, "p", now).next();
    assertThat(eight.take(state, 9, "p", now).allowed()).isFalse();
    Limit.Ruling renewed = eight.take(state, 6, "p", now + SECOND);
    assertThat(renewed.allowed()).isTrue();
    LimitState undone = eight.refund(renewed.next(), 6, "p", now + SECOND);
    assertThat(eight.take(undone, 3, "q", now + SECOND).allowed()).as("p is held").isFalse();
    LimitState other = eight.take(undone, 2, "q", now + SECOND).next();
    assertThat(eight.refund(other, 2, "q", now + SECOND)).isEqualTo(undone);
  }
}
