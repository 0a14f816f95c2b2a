package io.vertebra.documents;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The examples of the documents, run as they are printed against the jar as it is shipped. */
@Timeout(180)
final class DocumentsIT {
  @TempDir static Path project;

  @BeforeAll
  static void copyWhatExamplesUse() throws IOException {
    for (String file : List.of("vertebra", "conf/vertebra.yaml", "target/vertebra.jar")) {
      Path copy = project.resolve(file);
      Files.createDirectories(copy.getParent());
      Files.copy(Path.of(file), copy);
    }
    assertThat(project.resolve("vertebra").toFile().setExecutable(true)).isTrue();
  }

  static List<Document> documents() {
    return Document.all().stream().filter(document -> !document.examples().isEmpty()).toList();
  }

  @ParameterizedTest
  @MethodSource("documents")
  void doesWhatTheDocumentSays(Document document) throws IOException, InterruptedException {
    new ShellSession(project).run(document);
  }

  @Test
  void findsTheExamplesOfTheReadme() {
    assertThat(documents()).extracting(Document::toString).contains("README.md", "docs/gateway.md");
  }

  @Test
  void noticesAnExampleThatFails() {
    Document broken = Document.of("```sh\ntrue\n```\n```sh\nfalse\ntrue\n```");
    assertThatThrownBy(() -> new ShellSession(project).run(broken))
        .hasMessageContaining("example.md:5 fails with 1");
  }

  @Test
  void noticesOtherOutput() {
    Document right = Document.of("```sh\necho one two three\n```\n```text\none ... three\n```");
    assertThatCode(() -> new ShellSession(project).run(right)).doesNotThrowAnyException();
    Document wrong = Document.of("```sh\necho one two three\n```\n```text\none ... four\n```");
    assertThatThrownBy(() -> new ShellSession(project).run(wrong))
        .hasMessageContaining("example.md:2");
  }

  @Test
  void takesThreeDotsForAnything() {
    assertThat("a\nb\nc\n").matches(ShellSession.pattern("...\nc"));
    assertThat("a\nb\nc\n").matches(ShellSession.pattern("a\n...\n"));
    assertThat("a1b\n").matches(ShellSession.pattern("a...b"));
    assertThat("a\nb\n").doesNotMatch(ShellSession.pattern("a...b"));
    assertThat("a\nb\n").doesNotMatch(ShellSession.pattern("a"));
  }

  @Test
  void endsWhatAnExampleStarted() throws IOException, InterruptedException {
    Path file = project.resolve("pid");
    new ShellSession(project).run(Document.of("```sh\nsleep 1000 &\necho $! > pid\n```"));
    long pid = Long.parseLong(Files.readString(file).strip());
    assertThat(ProcessHandle.of(pid).filter(ProcessHandle::isAlive)).isEmpty();
  }
}
