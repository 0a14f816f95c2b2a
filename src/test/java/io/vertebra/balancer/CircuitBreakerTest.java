package io.vertebra.balancer;

import static io.vertebra.balancer.CircuitBreaker.State.CLOSED;
import static io.vertebra.balancer.CircuitBreaker.State.HALF_OPEN;
import static io.vertebra.balancer.CircuitBreaker.State.OPEN;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

final class CircuitBreakerTest {
  private static final long SECOND = 1_000_000_000;
  private static final Breaker OPTIONS =
      new Breaker(0.5, 10, Duration.ofSeconds(10), Duration.ofSeconds(5), 2);

  private final CircuitBreaker breaker = new CircuitBreaker(OPTIONS);
  private long now = -3 * SECOND;

  @Test
  void opensAtTheRatioButNotBeforeEnoughRequests() {
    end(true, 4);
    end(false, 4);
    assertThat(breaker.state(now)).isEqualTo(CLOSED);
    end(true, 1);
    end(false, 1);
    assertThat(breaker.state(now)).isEqualTo(OPEN);
    assertThat(breaker.admits(now)).isFalse();
  }

  @Test
  void staysClosedBelowTheRatio() {
    for (int i = 0; i < 100; i++) {
      end(true, 3);
      end(false, 2);
    }
    assertThat(breaker.state(now)).isEqualTo(CLOSED);
  }

  @Test
  void forgetsWhatLiesBeforeTheWindow() {
    end(false, 9);
    now += 11 * SECOND;
    end(false, 9);
    assertThat(breaker.state(now)).isEqualTo(CLOSED);
    end(false, 1);
    assertThat(breaker.state(now)).isEqualTo(OPEN);
  }

  @Test
  void isHalfOpenAfterItsRestAndAdmitsOnlyTheTrials() {
    end(false, 10);
    now += 5 * SECOND - 1;
    assertThat(breaker.admits(now)).isFalse();
    now += 1;
    assertThat(breaker.state(now)).isEqualTo(HALF_OPEN);
    begin(1);
    assertThat(breaker.admits(now)).isTrue();
    begin(1);
    assertThat(breaker.admits(now)).isFalse();
  }

  @Test
  void closesWhenAllTrialsSucceedAndStartsWithAnEmptyWindow() {
    openAndRest();
    begin(2);
    end(true, 1);
    assertThat(breaker.state(now)).isEqualTo(HALF_OPEN);
    end(true, 1);
    assertThat(breaker.state(now)).isEqualTo(CLOSED);
    end(false, 9);
    assertThat(breaker.state(now)).isEqualTo(CLOSED);
  }

  @Test
  void opensAgainWhenATrialFails() {
    openAndRest();
    begin(2);
    end(true, 1);
    end(false, 1);
    assertThat(breaker.state(now)).isEqualTo(OPEN);
    assertThat(breaker.openUntil()).isEqualTo(now + 5 * SECOND);
    now += 5 * SECOND;
    assertThat(breaker.admits(now)).isTrue();
  }

  @Test
  void aCancelledTrialMakesRoomForAnother() {
    openAndRest();
    begin(2);
    breaker.cancel(now);
    assertThat(breaker.admits(now)).isTrue();
    begin(1);
    end(true, 2);
    assertThat(breaker.state(now)).isEqualTo(CLOSED);
  }

  @Test
  void ignoresWhatEndsWhileItIsOpen() {
    end(false, 10);
    end(true, 50);
    assertThat(breaker.state(now)).isEqualTo(OPEN);
  }

  private void openAndRest() {
    end(false, 10);
    now += 5 * SECOND;
  }

  private void begin(int times) {
    for (int i = 0; i < times; i++) {
      breaker.begin(now);
    }
  }

  private void end(boolean success, int times) {
    for (int i = 0; i < times; i++) {
      breaker.end(success, now);
    }
  }
}
