package io.vertebra.documents;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertebra.VertebraOptions;
import io.vertebra.api.FailureCode;
import io.vertebra.api.Fields;
import io.vertebra.balancer.Balancing;
import io.vertebra.options.OptionsLoader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What documents name must be there. */
final class DocumentsTest {

  @Test
  void linksToFilesAndHeadingsThatExist() {
    List<String> dangling = new ArrayList<>();
    for (Document document : Document.all()) {
      for (String link : document.links()) {
        if (!link.contains("://") && !resolves(document, link)) {
          dangling.add(document + " " + link);
        }
      }
    }
    assertThat(dangling).isEmpty();
  }

  @Test
  void noticesLinksThatLeadNowhere() {
    Document document = Document.of("# A b\n[x](#a-b) [y](#c) [z](README.md) [n](NONE.md)");
    assertThat(document.links()).hasSize(4);
    assertThat(resolves(document, "#a-b")).isTrue();
    assertThat(resolves(document, "#c")).isFalse();
    assertThat(resolves(document, "README.md")).isTrue();
    assertThat(resolves(document, "NONE.md")).isFalse();
  }

  @Test
  void namesOnlyOptionsThatExist() {
    List<String> paths = new OptionsLoader<>(VertebraOptions::from).paths();
    String sections = "(node|log|cluster|shutdown|api|gateway)";
    for (Document document : Document.all()) {
      List<String> named =
          document.words().stream().filter(word -> word.matches(sections + "\\.[\\w.]+")).toList();
      assertThat(paths).as(document.toString()).containsAll(named);
    }
  }

  @Test
  void tellsEveryFailureCodeWithItsStatus() {
    assertThat(rows("docs/api.md"))
        .containsAll(
            Arrays.stream(FailureCode.values())
                .map(code -> code.label() + " " + code.httpStatus())
                .toList());
  }

  @Test
  void tellsEveryBalancingPolicy() {
    Set<String> firstCells =
        Document.read(Path.of("docs/gateway.md")).rows().stream()
            .map(row -> row.get(0))
            .collect(Collectors.toSet());
    assertThat(firstCells)
        .containsAll(Arrays.stream(Balancing.Policy.values()).map(Fields::word).toList());
  }

  @Test
  void mapsTheCodeByPackagesAndClassesThatExist() throws IOException {
    Set<String> classes;
    try (Stream<Path> files = Files.walk(Path.of("src"))) {
      classes =
          files
              .map(file -> file.getFileName().toString())
              .filter(name -> name.endsWith(".java"))
              .map(name -> name.substring(0, name.length() - ".java".length()))
              .collect(Collectors.toSet());
    }
    Document map = Document.read(Path.of("ARCHITECTURE.md"));
    assertThat(classes)
        .containsAll(
            map.words().stream().filter(word -> word.matches("([A-Z][a-z0-9]+){2,}")).toList());
    Set<String> firstCells = map.rows().stream().map(row -> row.get(0)).collect(Collectors.toSet());
    try (Stream<Path> folders = Files.list(Path.of("src/main/java/io/vertebra"))) {
      List<String> packages =
          folders.filter(Files::isDirectory).map(p -> p.getFileName().toString()).toList();
      assertThat(firstCells).containsAll(packages);
    }
  }

  private static List<String> rows(String file) {
    return Document.read(Path.of(file)).rows().stream()
        .map(row -> row.get(0) + " " + row.get(1))
        .toList();
  }

  private static boolean resolves(Document document, String link) {
    String[] parts = link.split("#", 2);
    Path target = document.path().resolveSibling(parts[0]).normalize();
    boolean here = parts[0].isEmpty();
    if (!here && !Files.exists(target)) {
      return false;
    }
    Document aimed = here || parts.length == 1 ? document : Document.read(target);
    return parts.length == 1 || aimed.anchors().contains(parts[1]);
  }
}
