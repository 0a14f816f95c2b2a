package io.vertebra.auth.password;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.vertebra.api.Failure;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class PasswordRulesTest {
  private final PasswordRules rules = new PasswordRules(8);

  @ParameterizedTest
  @ValueSource(
      strings = {
        "short77",
        "password",
        "Password1!",
        "12345678",
        "aaaaaaaaaaaa",
        "QWERTYUIOP",
        "annabell",
        "annabell42",
        "\uD83D\uDE00\uD83D\uDE00\uD83D\uDE00\uD83D\uDE00"
      })
  void refusesWhatIsShortOrCommonOrTheName(String password) {
    assertThatExceptionOfType(Failure.class)
        .isThrownBy(() -> rules.accept("/password", password, "annabell"))
        .withMessageMatching("/password (is one of|must) .*");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "all lower case is fine",
        "violet-carpet",
        "7391046285317",
        "\u5bc6\u78bc\u5f88\u9577\u5f88\u5b89\u5168\u5440"
      })
  void asksForNoComposition(String password) {
    assertThat(rules.accept("/password", password, "annabell")).isEqualTo(password);
  }

  @Test
  void countsCodePointsUpToTheGreatestLength() {
    String longest = "ab\uD83D\uDE00c".repeat(32);
    assertThat(rules.accept("/password", longest, "ann")).isEqualTo(longest);
    assertThatExceptionOfType(Failure.class)
        .isThrownBy(() -> rules.accept("/password", longest + "x", "ann"));
  }

  @Test
  void takesComposedAndDecomposedLettersForTheSame() {
    assertThat(rules.accept("/password", "cafe\u0301 au lait", "ann"))
        .isEqualTo("caf\u00e9 au lait");
  }
}
