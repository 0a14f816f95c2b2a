package io.vertebra.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertebra.api.Failure;
import io.vertebra.kv.Bytes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class TarFilesTest {
  private static final Map<String, Bytes> FILES =
      Map.of(
          "a.txt",
          Bytes.utf8("text"),
          "empty",
          Bytes.EMPTY,
          "b/" + "long".repeat(40),
          Bytes.wrap(new byte[1_000]));

  @TempDir Path folder;

  @Test
  void readsWhatItWrote() {
    assertThat(TarFiles.read(TarFiles.write(FILES))).isEqualTo(FILES);
    assertThat(TarFiles.read(TarFiles.write(Map.of()))).isEmpty();
  }

  @Test
  void understandsTarAndIsUnderstood() throws IOException, InterruptedException {
    Files.write(folder.resolve("in.tar"), TarFiles.write(FILES).toArray());
    run("mkdir out && tar -xf in.tar -C out && tar -cf again.tar -C out .");
    byte[] again = Files.readAllBytes(folder.resolve("again.tar"));
    assertThat(TarFiles.read(Bytes.wrap(again))).isEqualTo(FILES);
    run("tar --format=pax -cf pax.tar -C out .");
    byte[] pax = Files.readAllBytes(folder.resolve("pax.tar"));
    assertThat(TarFiles.read(Bytes.wrap(pax))).isEqualTo(FILES);
  }

  private void run(String command) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder("sh", "-c", command).directory(folder.toFile()).inheritIO().start();
    assertThat(process.waitFor()).isZero();
  }

  @Test
  void refusesWhatIsNoWholeArchive() {
    byte[] whole = TarFiles.write(FILES).toArray();
    byte[] cut = Arrays.copyOf(whole, 600);
    byte[] bad = whole.clone();
    bad[0] ^= 1;
    for (byte[] wrong :
        new byte[][] {
          cut, bad, new byte[10], "x".repeat(600).getBytes(java.nio.charset.StandardCharsets.UTF_8)
        }) {
      assertThatThrownBy(() -> TarFiles.read(Bytes.wrap(wrong))).isInstanceOf(Failure.class);
    }
  }
}
