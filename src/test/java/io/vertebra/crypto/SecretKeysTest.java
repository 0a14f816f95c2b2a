package io.vertebra.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.vertebra.api.Failure;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class SecretKeysTest {
  private static final String OLD = "old:" + "A".repeat(43) + "=";
  private static final String NEW = "new:" + "B".repeat(42) + "A=";
  private static final byte[] CLEAR = "clear".getBytes(StandardCharsets.UTF_8);

  @Test
  void opensWhatItSealedUnderEachOfItsKeys() {
    byte[] sealed = new SecretKeys("auth", List.of(OLD)).seal("a", CLEAR);
    SecretKeys both = new SecretKeys("auth", List.of(NEW, OLD));
    assertThat(both.open("a", sealed)).isEqualTo(CLEAR);
    assertThat(both.isOld(sealed)).isTrue();
    assertThat(both.isOld(both.seal("a", CLEAR))).isFalse();
    assertThat(both.seal("a", CLEAR)).isNotEqualTo(both.seal("a", CLEAR));
    assertThat(both.openText("a", both.sealText("a", CLEAR))).isEqualTo(CLEAR);
  }

  @Test
  void opensNothingThatWasChangedOrIsAnothers() {
    SecretKeys keys = new SecretKeys("auth", List.of(OLD));
    byte[] sealed = keys.seal("a", CLEAR);
    for (int length = 0; length < sealed.length; length++) {
      byte[] cut = Arrays.copyOf(sealed, length);
      assertThatExceptionOfType(Failure.class).isThrownBy(() -> keys.open("a", cut));
    }
    for (String wrong : List.of("", "?", "AAAA")) {
      assertThatExceptionOfType(Failure.class).isThrownBy(() -> keys.openText("a", wrong));
    }
    assertThatExceptionOfType(Failure.class).isThrownBy(() -> keys.open("b", sealed));
    SecretKeys another = new SecretKeys("config", List.of(OLD));
    assertThatExceptionOfType(Failure.class).isThrownBy(() -> another.open("a", sealed));
    SecretKeys other = new SecretKeys("auth", List.of(NEW));
    assertThatExceptionOfType(Failure.class)
        .isThrownBy(() -> other.open("a", sealed))
        .withMessageContaining("no secret key old");
  }

  @Test
  void vouchesForEachUseByItself() {
    SecretKeys keys = new SecretKeys("auth", List.of(OLD));
    assertThat(keys.mac("old", "a", "x"))
        .isEqualTo(new SecretKeys("auth", List.of(NEW, OLD)).mac("old", "a", "x"))
        .isNotEqualTo(keys.mac("old", "b", "x"))
        .isNotEqualTo(keys.mac("old", "a", "y"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "A", "a b:" + "AAAA", "id:AAAA", "id:?", ":AAAA"})
  void refusesWhatIsNoKey(String written) {
    assertThatExceptionOfType(Failure.class)
        .isThrownBy(() -> new SecretKeys("auth", List.of(written)))
        .withMessageStartingWith("/secretKeys");
    assertThatExceptionOfType(Failure.class)
        .isThrownBy(() -> new SecretKeys("auth", List.of(OLD, OLD)))
        .withMessageContaining("differ");
  }

  @Test
  void saysWhereToPutAKeyIfThereIsNone() {
    assertThatExceptionOfType(Failure.class)
        .isThrownBy(() -> new SecretKeys("config", List.of()).seal("a", CLEAR))
        .withMessageContaining("set config.secretKeys");
  }
}
