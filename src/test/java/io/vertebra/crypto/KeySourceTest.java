package io.vertebra.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.vertebra.api.Failure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class KeySourceTest {
  private static final String KEY = "k1:" + "A".repeat(43) + "=";
  private static final KeySource NONE = new KeySource("auth", List.of(), Optional.empty());

  @TempDir private Path folder;

  @Test
  void makesAFileOnceThatItsOwnerAloneCanRead() throws IOException {
    Path own = folder.resolve("new/auth.keys");
    SecretKeys made = NONE.readOrMake(own, true);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(own)))
        .isEqualTo("rw-------");
    SecretKeys again = NONE.readOrMake(own, false);
    assertThat(again.openText("a", made.sealText("a", new byte[] {1}))).containsExactly(1);
    assertThat(Files.list(own.getParent())).containsExactly(own);
  }

  @Test
  void makesOneAlthoughAnEarlierTryWasCutOff() throws IOException {
    Path own = folder.resolve("auth.keys");
    Path cut = Files.writeString(folder.resolve("auth.keys.tmp"), "half");
    assertThat(NONE.readOrMake(own, true).isEmpty()).isFalse();
    assertThat(cut).doesNotExist();
  }

  @Test
  void makesNoneForOneOfSeveralNodes() {
    Path own = folder.resolve("auth.keys");
    assertThatExceptionOfType(Failure.class)
        .isThrownBy(() -> NONE.readOrMake(own, false))
        .withMessageContaining("auth/secretKeyFile")
        .withMessageContaining("auth.secretKeys");
    assertThat(own).doesNotExist();
  }

  @Test
  void takesThoseGivenBeforeItsOwn() throws IOException {
    Path own = folder.resolve("auth.keys");
    Path file = Files.writeString(folder.resolve("given"), "# old\n\n " + KEY + "\n");
    assertThat(new KeySource("auth", List.of(KEY), Optional.empty()).readOrMake(own, true).first())
        .isEqualTo("k1");
    assertThat(new KeySource("auth", List.of(), Optional.of(file)).readOrMake(own, true).first())
        .isEqualTo("k1");
    assertThat(own).doesNotExist();
  }

  @Test
  void refusesBothWaysAtOnceAndAFileWithoutAKey() throws IOException {
    assertThatExceptionOfType(Failure.class)
        .isThrownBy(() -> new KeySource("auth", List.of(KEY), Optional.of(folder)));
    Path empty = Files.writeString(folder.resolve("empty"), "# none\n");
    assertThatExceptionOfType(Failure.class)
        .isThrownBy(() -> new KeySource("auth", List.of(), Optional.of(empty)).read())
        .withMessageContaining("holds no key");
  }
}
