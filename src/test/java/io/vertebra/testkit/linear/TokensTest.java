package io.vertebra.testkit.linear;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertebra.testkit.linear.Tokens.Ask;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class TokensTest {
  private final List<Operation<Ask, Long>> history = new ArrayList<>();

  private TokensTest saw(String owner, long token, long invoked, long returned) {
    history.add(Operation.done(0, "lock", new Ask(owner), token, invoked, returned));
    return this;
  }

  private boolean isRight() {
    return new Checker<>(new Tokens()).check(history) instanceof Verdict.Linearizable;
  }

  @Test
  void tokensThatGrowAreRight() {
    assertThat(saw("ann", 3, 0, 1).saw("bob", 7, 2, 3).saw("ann", 8, 4, 5).isRight()).isTrue();
  }

  @Test
  void whoHasTheNewestMayBeToldItAgain() {
    assertThat(saw("ann", 3, 0, 1).saw("ann", 3, 2, 3).isRight()).isTrue();
  }

  @Test
  void anAnswerMayComeLate() {
    assertThat(saw("bob", 7, 2, 3).saw("ann", 3, 0, 9).isRight()).isTrue();
  }

  @Test
  void twoWithTheSameTokenAreWrong() {
    assertThat(saw("ann", 3, 0, 1).saw("bob", 3, 2, 3).isRight()).isFalse();
  }

  @Test
  void aLesserTokenAfterAGreaterIsWrong() {
    assertThat(saw("ann", 7, 0, 1).saw("bob", 3, 2, 3).isRight()).isFalse();
  }

  @Test
  void aTokenThatWasOvertakenIsNotToldAgain() {
    assertThat(saw("ann", 3, 0, 1).saw("bob", 7, 2, 3).saw("ann", 3, 4, 5).isRight()).isFalse();
  }
}
