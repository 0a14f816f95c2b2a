package io.vertebra;

import static io.vertebra.testkit.Waiting.eventually;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertebra.config.ConfigRig;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ConfigCommandTest {
  private final ConfigRig rig = new ConfigRig();
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  @TempDir Path folder;

  @AfterEach
  void close() {
    rig.close();
  }

  private String run(Set<String> flags, String input, String... words) throws IOException {
    out.reset();
    ConfigCommand.check(List.of(words));
    ConfigCommand command =
        new ConfigCommand(
            URI.create("http://127.0.0.1:" + rig.port),
            Optional.empty(),
            new ByteArrayInputStream(input.getBytes(UTF_8)),
            new PrintStream(out, true, UTF_8));
    command.run(List.of(words), flags);
    return out.toString(UTF_8);
  }

  private String run(String... words) throws IOException {
    return run(Set.of(), "", words);
  }

  @Test
  void setsGetsAndCompares() throws IOException {
    String first = run("set", "ns", "a/b", "one").replaceAll("\\D", "");
    assertThat(run("get", "ns", "a/b")).isEqualTo("one");
    assertThat(run(Set.of(), "two\n", "set", "ns", "a/b")).startsWith("revision ");
    assertThat(run("get", "ns", "a/b")).isEqualTo("two\n");
    assertThat(run("diff", "ns", first)).contains("-one", "+two");
    assertThatThrownBy(() -> run("get", "ns", "none")).hasMessage("there is no key none in ns");
  }

  @Test
  void showsASecretOnlyWhenTold() throws IOException {
    assertThat(run(Set.of("--secret"), "", "set", "ns", "s", "hunter2")).contains("revision");
    assertThatThrownBy(() -> run("get", "ns", "s")).hasMessage("s is a secret; --reveal shows it");
    assertThat(run(Set.of("--reveal"), "", "get", "ns", "s")).isEqualTo("hunter2");
    assertThat(run("export", "ns", folder.toString())).startsWith("0 files");
  }

  @Test
  void writesAndReadsAFolder() throws IOException {
    Path in = Files.createDirectories(folder.resolve("in/sub"));
    Files.writeString(in.resolve("a.yaml"), "x: 1");
    Files.write(in.resolve("b"), new byte[] {-1, 0});
    assertThat(run("set", "ns", "old", "x")).contains("revision");
    assertThat(run(Set.of("--replace"), "", "import", "ns", folder.resolve("in").toString()))
        .startsWith("2 files");
    assertThat(run("export", "ns", folder.resolve("out").toString())).startsWith("2 files");
    assertThat(folder.resolve("out/sub/a.yaml")).hasContent("x: 1");
    assertThat(folder.resolve("out/sub/b")).hasBinaryContent(new byte[] {-1, 0});
    assertThat(folder.resolve("out/old")).doesNotExist();
  }

  @Test
  void printsChangesUntilItIsEnded() throws Exception {
    Thread watching =
        new Thread(
            () -> {
              try {
                String unused = run("watch", "ns", "a");
              } catch (IOException ended) {
                assertThat(ended).isNotNull();
              }
            });
    watching.start();
    eventually(() -> assertThat(watchers()).isEqualTo(1));
    ConfigCommand other =
        new ConfigCommand(
            URI.create("http://127.0.0.1:" + rig.port),
            Optional.empty(),
            new ByteArrayInputStream("new".getBytes(UTF_8)),
            new PrintStream(new ByteArrayOutputStream(), true, UTF_8));
    other.run(List.of("set", "ns", "a"), Set.of());
    eventually(() -> assertThat(out.toString(UTF_8)).contains("\"key\":\"a\"", "\"text\":\"new\""));
    watching.interrupt();
  }

  private double watchers() {
    return rig.gauge("vertebra.config.watchers");
  }

  @Test
  void refusesWhatIsMisspelt() {
    assertThatThrownBy(() -> run("gat", "ns")).hasMessageContaining("config wants get, set");
    assertThatThrownBy(() -> run("get", "ns")).hasMessage("write config get NAMESPACE KEY");
    assertThatThrownBy(() -> run("diff", "ns", "1", "2", "3"))
        .hasMessage("write config diff NAMESPACE FROM [TO]");
  }
}
