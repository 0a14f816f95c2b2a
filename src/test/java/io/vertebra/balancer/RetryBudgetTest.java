package io.vertebra.balancer;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

final class RetryBudgetTest {
  private final Ticker ticker = new Ticker();

  @Test
  void withoutTrafficTheMinimumIsAllowed() {
    RetryBudget budget = new RetryBudget(new Retry(2, 20, 3), ticker);
    assertThat(budget.available()).isEqualTo(30);
    assertThat(withdraw(budget)).isEqualTo(30);
    ticker.advance(Duration.ofSeconds(9));
    assertThat(withdraw(budget)).isZero();
    ticker.advance(Duration.ofSeconds(1));
    assertThat(withdraw(budget)).isEqualTo(30);
  }

  @Test
  void aShareOfTheRequestsOfTheLastTenSecondsIsAllowed() {
    RetryBudget budget = new RetryBudget(new Retry(2, 20, 0), ticker);
    assertThat(budget.tryWithdraw()).isFalse();
    for (int i = 0; i < 1000; i++) {
      budget.deposit();
    }
    ticker.advance(Duration.ofSeconds(5));
    assertThat(withdraw(budget)).isEqualTo(200);
    ticker.advance(Duration.ofSeconds(60));
    assertThat(withdraw(budget)).isZero();
  }

  private static int withdraw(RetryBudget budget) {
    int count = 0;
    while (count < 10_000 && budget.tryWithdraw()) {
      count++;
    }
    return count;
  }
}
