package io.vertebra.balancer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** The small pure algorithms: ejection, slow start, average latency, check thresholds. */
final class AlgorithmsTest {
  private static final long SECOND = 1_000_000_000;
  private static final Ejection OPTIONS =
      new Ejection(2, Duration.ofSeconds(10), Duration.ofSeconds(25), 0.5);

  @Test
  void anEjectionLastsLongerEachTimeUpToTheLimit() {
    OutlierDetector detector = OutlierDetector.NEW;
    long now = -SECOND;
    for (long seconds : new long[] {10, 20, 25, 25, 25}) {
      detector = detector.ejected(OPTIONS, now);
      assertThat(detector.until() - now).isEqualTo(seconds * SECOND);
      assertThat(detector.isEjected(detector.until() - 1)).isTrue();
      assertThat(detector.isEjected(detector.until())).isFalse();
      now = detector.until();
    }
  }

  @Test
  void quietTimeShortensTheNextEjection() {
    OutlierDetector twice = OutlierDetector.NEW.ejected(OPTIONS, 0).ejected(OPTIONS, 10 * SECOND);
    long end = twice.until();
    assertThat(lengthAt(twice, end + 9 * SECOND)).isEqualTo(25 * SECOND);
    assertThat(lengthAt(twice, end + 10 * SECOND)).isEqualTo(20 * SECOND);
    assertThat(lengthAt(twice, end + 20 * SECOND)).isEqualTo(10 * SECOND);
    assertThat(lengthAt(twice, end + 2000 * SECOND)).isEqualTo(10 * SECOND);
  }

  @Test
  void failuresMustBeConsecutiveAndZeroTurnsEjectionOff() {
    OutlierDetector once = OutlierDetector.NEW.failed();
    assertThat(once.isDue(OPTIONS)).isFalse();
    assertThat(once.failed().isDue(OPTIONS)).isTrue();
    assertThat(once.succeeded().failed().isDue(OPTIONS)).isFalse();
    Ejection off = new Ejection(0, Duration.ofSeconds(1), Duration.ofSeconds(1), 1);
    assertThat(once.failed().failed().isDue(off)).isFalse();
  }

  @Test
  void slowStartGrowsFromATenthToAll() {
    Duration window = Duration.ofSeconds(10);
    assertThat(SlowStart.factor(0, window)).isEqualTo(0.1);
    assertThat(SlowStart.factor(SECOND / 2, window)).isEqualTo(0.1);
    assertThat(SlowStart.factor(5 * SECOND, window)).isEqualTo(0.5);
    assertThat(SlowStart.factor(10 * SECOND, window)).isEqualTo(1);
    assertThat(SlowStart.factor(0, Duration.ZERO)).isEqualTo(1);
  }

  @Test
  void theAverageRisesAtOnceAndFallsWithItsTimeConstant() {
    Ewma average = Ewma.none(0).with(100, 0).with(1000, SECOND);
    assertThat(average.nanos()).isEqualTo(1000);
    assertThat(average.with(0, 11 * SECOND).nanos()).isCloseTo(1000 / Math.E, within(0.001));
    assertThat(average.nanosAt(11 * SECOND)).isCloseTo(1000 / Math.E, within(0.001));
    assertThat(average.with(500, 11 * SECOND).nanos()).isCloseTo(500 + 500 / Math.E, within(0.001));
  }

  @Test
  void checksMustAgreeBeforeHealthChanges() {
    ActiveCheck options = ActiveCheck.DEFAULT;
    CheckState state = CheckState.UNCHECKED;
    state = state.after(false, "", options).after(false, "", options);
    assertThat(state.healthy()).isTrue();
    assertThat(state.after(true, "", options).after(false, "", options).streak()).isEqualTo(1);
    state = state.after(false, "refused", options);
    assertThat(state).isEqualTo(new CheckState(false, 0, "refused"));
    state = state.after(true, "", options);
    assertThat(state.healthy()).isFalse();
    assertThat(state.after(true, "fine", options)).isEqualTo(new CheckState(true, 0, "fine"));
  }

  private static long lengthAt(OutlierDetector detector, long now) {
    return detector.ejected(OPTIONS, now).until() - now;
  }
}
