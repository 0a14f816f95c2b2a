package io.vertebra.limiter;

import static io.vertebra.testkit.Waiting.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.vertebra.api.Failure;
import io.vertebra.api.FailureCode;
import io.vertebra.testkit.TestClock;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What every engine must do. Its test says how to open it, with room for {@link #ROOM} keys. */
abstract class LimitStoreContract {
  static final int ROOM = 20;
  private static final GcraLimit FIVE = new GcraLimit(5, Duration.ofSeconds(5), 5);

  final TestClock clock = new TestClock();

  abstract LimitStore store();

  /** Lets the store notice how many keys there are. */
  void count() {}

  private Decision take(String key, Limit limit, long cost, String permit) {
    return await(store().change(key, new Change.Take(limit, Penalty.NONE, cost, permit)));
  }

  @Test
  void admitsAsManyAsTheLimitSaysAndThenOneAtATime() {
    for (int left = 4; left >= 0; left--) {
      Decision decision = take("a", FIVE, 1, "");
      assertThat(decision.allowed()).isTrue();
      assertThat(decision.remaining()).isEqualTo(left);
    }
    Decision refused = take("a", FIVE, 1, "");
    assertThat(refused.allowed()).isFalse();
    assertThat(refused.retryAfterMs()).isEqualTo(1000);
    assertThat(take("b", FIVE, 5, "").allowed()).as("another key").isTrue();
    clock.advance(Duration.ofSeconds(1));
    assertThat(take("a", FIVE, 1, "").allowed()).isTrue();
    assertThat(take("a", FIVE, 1, "").allowed()).isFalse();
  }

  @Test
  void admitsNoMoreWhenAllAskAtOnce() {
    List<Future<Decision>> asked = new ArrayList<>();
    for (int i = 0; i < 25; i++) {
      asked.add(store().change("a", new Change.Take(FIVE, Penalty.NONE, 1, "")));
    }
    await(Future.join(asked));
    assertThat(asked.stream().filter(each -> each.result().allowed())).hasSize(5);
  }

  @Test
  void peeksWithoutTaking() {
    assertThat(take("a", FIVE, 3, "").remaining()).isEqualTo(2);
    Change peek = new Change.Peek(FIVE, Penalty.NONE, 3);
    assertThat(await(store().change("a", peek)).allowed()).isFalse();
    assertThat(await(store().change("a", peek)).remaining()).isEqualTo(2);
    assertThat(take("a", FIVE, 2, "").allowed()).isTrue();
  }

  @Test
  void givesBackWhatWasTaken() {
    Decision taken = take("a", FIVE, 4, "");
    Decision unused = await(store().change("a", new Change.Refund(FIVE, 4, "", taken.at())));
    assertThat(take("a", FIVE, 5, "").allowed()).isTrue();
    assertThat(unused.allowed()).isTrue();
  }

  @Test
  void holdsPermitsUntilTheyAreGivenBackOrEnd() {
    ConcurrencyLimit one = new ConcurrencyLimit(1, Duration.ofSeconds(9));
    assertThat(take("a", one, 1, "p").allowed()).isTrue();
    assertThat(take("a", one, 1, "q").allowed()).isFalse();
    assertThat(await(store().change("a", new Change.Release("p"))).allowed()).isTrue();
    assertThat(await(store().change("a", new Change.Release("p"))).allowed()).isFalse();
    assertThat(take("a", one, 1, "q").allowed()).isTrue();
    clock.advance(Duration.ofSeconds(9));
    assertThat(take("a", one, 1, "r").allowed()).isTrue();
  }

  private boolean refund(ConcurrencyLimit limit, String permit, Decision taken) {
    Change refund = new Change.Refund(limit, 1, permit, taken.at());
    return await(store().change("a", refund)).allowed();
  }

  @Test
  void keepsWhatWasHeldWhenATakeWithTheSamePermitIsGivenBack() {
    ConcurrencyLimit two = new ConcurrencyLimit(2, Duration.ofSeconds(9));
    Decision first = take("a", two, 1, "p");
    for (int seconds = 0; seconds < 3; seconds++) {
      clock.advance(Duration.ofSeconds(seconds));
      assertThat(refund(two, "p", take("a", two, 1, "p"))).isTrue();
      assertThat(take("a", two, 2, "q").allowed()).as("held still").isFalse();
    }
    assertThat(refund(two, "p", take("a", two, 2, "p"))).as("of one more").isTrue();
    assertThat(refund(two, "p", first)).as("of what was renewed since").isTrue();
    assertThat(take("a", two, 2, "q").allowed()).isFalse();
    Decision other = take("a", two, 1, "q");
    assertThat(other.allowed()).isTrue();
    assertThat(take("a", two, 1, "r").allowed()).isFalse();
    assertThat(refund(two, "q", other)).isTrue();
    assertThat(take("a", two, 1, "r").allowed()).isTrue();
  }

  @Test
  void renewsWithoutRoomNoMoreThanIsHeld() {
    ConcurrencyLimit ten = new ConcurrencyLimit(10, Duration.ofSeconds(9));
    assertThat(take("a", ten, 1, "p").allowed()).isTrue();
    assertThat(take("a", ten, 1000, "p").retryAfterMs()).isEqualTo(Decision.NEVER);
    assertThat(take("a", ten, 8, "q").remaining()).isEqualTo(1);
    assertThat(take("a", ten, 3, "p").remaining()).as("refused").isEqualTo(1);
    assertThat(take("a", ten, 2, "p").allowed()).isTrue();
    assertThat(take("a", ten, 1, "p").remaining()).as("holds no less").isZero();
    ConcurrencyLimit fewer = new ConcurrencyLimit(5, Duration.ofSeconds(9));
    assertThat(take("a", fewer, 8, "q").allowed()).as("renews").isTrue();
    assertThat(take("a", fewer, 9, "q").allowed()).isFalse();
  }

  @Test
  void keepsWhatIsHeldUnderAPenalty() {
    ConcurrencyLimit two = new ConcurrencyLimit(2, Duration.ofSeconds(9));
    Penalty penalty = new Penalty(2, Duration.ofMillis(1));
    assertThat(take("a", two, 1, "p").allowed()).isTrue();
    Change more = new Change.Take(two, penalty, 3, "p");
    assertThat(await(store().change("a", more)).allowed()).isFalse();
    assertThat(take("a", two, 2, "q").allowed()).isFalse();
  }

  @Test
  void forgetsAKeyThatIsReset() {
    assertThat(take("a", FIVE, 5, "").allowed()).isTrue();
    Decision unused = await(store().change("a", new Change.Reset()));
    assertThat(take("a", FIVE, 5, "").allowed()).isTrue();
    assertThat(unused.allowed()).isTrue();
  }

  @Test
  void refusesANewKeyRatherThanForgetAHotOne() {
    for (int i = 0; i < ROOM; i++) {
      assertThat(take("k" + i, FIVE, 5, "").allowed()).isTrue();
    }
    count();
    Throwable refused = catchThrowable(() -> take("new", FIVE, 1, ""));
    assertThat(Failure.of(refused).code()).isEqualTo(FailureCode.UNAVAILABLE);
    for (int i = 0; i < ROOM; i++) {
      assertThat(take("k" + i, FIVE, 1, "").allowed()).isFalse();
    }
  }
}
