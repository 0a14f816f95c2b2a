package io.vertebra.auth.password;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.security.SecureRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class PasswordHashTest {
  private static final HashCost CHEAP = new HashCost(64, 1, 1);

  @Test
  void knowsThePasswordAndNoOther() {
    PasswordHash hash = PasswordHash.of("correct horse", CHEAP, new SecureRandom());
    assertThat(hash.matches("correct horse")).isTrue();
    assertThat(hash.matches("correct horsE")).isFalse();
    assertThat(hash.matches("")).isFalse();
  }

  @Test
  void saltsEachHash() {
    SecureRandom random = new SecureRandom();
    assertThat(PasswordHash.of("same", CHEAP, random).toString())
        .isNotEqualTo(PasswordHash.of("same", CHEAP, random).toString());
  }

  @Test
  void isReadAsItIsWritten() {
    PasswordHash hash = PasswordHash.of("correct horse", CHEAP, new SecureRandom());
    PasswordHash read = PasswordHash.parse(hash.toString());
    assertThat(read).hasToString(hash.toString());
    assertThat(read.cost()).isEqualTo(CHEAP);
    assertThat(read.matches("correct horse")).isTrue();
  }

  /** A vector of the reference implementation's own test, {@code phc-winner-argon2/src/test.c}. */
  @Test
  void agreesWithTheReferenceImplementation() {
    String phc =
        "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc";
    assertThat(PasswordHash.parse(phc).matches("password")).isTrue();
    assertThat(PasswordHash.parse(phc)).hasToString(phc);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "secret",
        "$argon2i$v=19$m=64,t=1,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        "$argon2id$v=16$m=64,t=1,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        "$argon2id$v=19$m=64,t=1,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAA"
      })
  void refusesWhatIsNoSuchHash(String text) {
    assertThatIllegalArgumentException().isThrownBy(() -> PasswordHash.parse(text));
  }
}
