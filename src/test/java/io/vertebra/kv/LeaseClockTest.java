package io.vertebra.kv;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

final class LeaseClockTest {
  private final AtomicLong nanoTime = new AtomicLong(Long.MAX_VALUE - 5);
  private final LeaseClock clock = new LeaseClock(nanoTime::get);

  private void letTimePass(long ms) {
    nanoTime.addAndGet(Duration.ofMillis(ms).toNanos());
  }

  @Test
  void aLeaseIsDueWhenItsTimeIsOverAndNotBefore() {
    clock.leading(1, List.of());
    clock.granted(new LeaseTerm(1, 1000, 7));
    letTimePass(999);
    assertThat(clock.due(10)).isEmpty();
    assertThat(clock.remaining(1)).hasValue(1);
    letTimePass(1);
    assertThat(clock.due(10)).containsExactly(new Command.Expire(1, 7, 1));
    assertThat(clock.due(10)).isEmpty();
    assertThat(clock.remaining(1)).hasValue(0);
  }

  @Test
  void aLeaseKeptAliveBeginsAnew() {
    clock.leading(1, List.of());
    clock.granted(new LeaseTerm(1, 1000, 7));
    letTimePass(999);
    assertThat(clock.keepAlive(1)).hasValue(1000);
    letTimePass(999);
    assertThat(clock.due(10)).isEmpty();
    letTimePass(1);
    assertThat(clock.due(10)).hasSize(1);
  }

  @Test
  void aLeaseThatIsAboutToEndIsKeptAliveOnlyIfItsEndFailed() {
    clock.leading(1, List.of());
    clock.granted(new LeaseTerm(1, 1000, 7));
    letTimePass(1000);
    assertThat(clock.due(10)).hasSize(1);
    assertThat(clock.keepAlive(1)).isEmpty();
    clock.notExpired(1);
    assertThat(clock.keepAlive(1)).hasValue(1000);
    assertThat(clock.due(10)).isEmpty();
    letTimePass(1000);
    assertThat(clock.due(10)).hasSize(1);
    clock.notExpired(1);
    assertThat(clock.due(10)).hasSize(1);
  }

  @Test
  void aNewLeaderGivesAllLeasesTheirFullTime() {
    clock.granted(new LeaseTerm(1, 1000, 7));
    assertThat(clock.keepAlive(1)).isEmpty();
    letTimePass(5000);
    clock.leading(1, List.of(new HeldLease(new LeaseTerm(1, 1000, 7))));
    assertThat(clock.due(10)).isEmpty();
    letTimePass(1000);
    assertThat(clock.due(10)).hasSize(1);
    clock.stopped();
    assertThat(clock.leads()).isFalse();
    assertThat(clock.remaining(1)).isEmpty();
  }

  @Test
  void noMoreAreDueThanAskedForTheEarliestFirst() {
    clock.leading(1, List.of());
    for (int id = 1; id <= 5; id++) {
      clock.granted(new LeaseTerm(id, 1000L - id, id));
    }
    letTimePass(1000);
    assertThat(clock.due(2)).extracting(Command.Expire::id).containsExactly(5L, 4L);
    assertThat(clock.due(10)).extracting(Command.Expire::id).containsExactly(3L, 2L, 1L);
  }

  @Test
  void anEndedLeaseIsNeverDueThoughAnotherTakesItsId() {
    clock.leading(1, List.of());
    clock.granted(new LeaseTerm(1, 1000, 1));
    clock.ended(1);
    letTimePass(500);
    clock.granted(new LeaseTerm(1, 1000, 2));
    letTimePass(500);
    assertThat(clock.due(10)).isEmpty();
    letTimePass(500);
    assertThat(clock.due(10)).containsExactly(new Command.Expire(1, 2, 1));
  }

  @Test
  void leasesThatComeAndGoLeaveNothingBehind() {
    clock.leading(1, List.of());
    for (int i = 0; i < 100_000; i++) {
      clock.granted(new LeaseTerm(1, 86_400_000, i));
      clock.ended(1);
    }
    assertThat(clock.places()).isLessThanOrEqualTo(1025);
  }
}
