package io.vertebra.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What the sources must look like, as far as a machine can tell. */
final class TidyTest {
  private static final int MAX_FILE_LINES = 500;
  private static final int MAX_METHOD_LINES = 70;
  private static final Path MAIN = Path.of("src/main/java");
  private static final Path TEST = Path.of("src/test/java");

  /** What may begin a method, by its indent and its end. */
  private static final Pattern METHOD = Pattern.compile(" {2,6}(?!return )[\\w@<].*\\).*\\{");

  private static final Pattern TYPE = Pattern.compile("\\b(class|interface|enum|record) ");
  private static final Pattern UNFINISHED = Pattern.compile("TO" + "DO|FIX" + "ME|X" + "XX");
  private static final Pattern SLEEP = Pattern.compile("Thread\\.sle" + "ep|TimeUnit\\..*\\.sleep");

  private static List<Path> sources(Path root) throws IOException {
    try (Stream<Path> files = Files.walk(root)) {
      return files.filter(file -> file.toString().endsWith(".java")).sorted().toList();
    }
  }

  private static List<Path> all() throws IOException {
    return Stream.concat(sources(MAIN).stream(), sources(TEST).stream()).toList();
  }

  private static List<Path> holding(List<Path> files, Pattern pattern) throws IOException {
    List<Path> found = new ArrayList<>();
    for (Path file : files) {
      if (pattern.matcher(Files.readString(file)).find()) {
        found.add(file);
      }
    }
    return found;
  }

  @Test
  void keepsFilesShort() throws IOException {
    assertThat(sources(MAIN)).isNotEmpty();
    for (Path file : all()) {
      assertThat(Files.readAllLines(file))
          .as(file.toString())
          .hasSizeLessThanOrEqualTo(MAX_FILE_LINES);
    }
  }

  @Test
  void keepsMethodsShort() throws IOException {
    for (Path file : all()) {
      assertThat(longMethods(Files.readAllLines(file))).as(file.toString()).isEmpty();
    }
  }

  @Test
  void noticesALongMethod() {
    List<String> lines = new ArrayList<>();
    lines.add("final class A {");
    lines.add("  void b() {");
    lines.addAll(Collections.nCopies(MAX_METHOD_LINES, "    c();"));
    lines.add("  }");
    assertThat(longMethods(lines)).containsExactly("  void b() {");
  }

  private static List<String> longMethods(List<String> lines) {
    List<String> found = new ArrayList<>();
    for (int i = 0; i < lines.size(); i++) {
      if (METHOD.matcher(lines.get(i)).matches()) {
        int start = i;
        while (start > 0 && parentheses(lines.subList(start, i + 1)) < 0) {
          start--;
        }
        String close = lines.get(start).replaceFirst("\\S.*", "}");
        int end = lines.subList(i, lines.size()).indexOf(close);
        boolean isType = TYPE.matcher(lines.get(start)).find();
        if (!isType && i - start + end > MAX_METHOD_LINES) {
          found.add(lines.get(start));
        }
      }
    }
    return found;
  }

  /** How many more are opened than closed. */
  private static long parentheses(List<String> lines) {
    String text = String.join("", lines);
    return text.chars().filter(letter -> letter == '(').count()
        - text.chars().filter(letter -> letter == ')').count();
  }

  @Test
  void leavesNothingForLater() throws IOException {
    assertThat(holding(all(), UNFINISHED)).isEmpty();
  }

  @Test
  void indentsWithSpaces() throws IOException {
    assertThat(holding(all(), Pattern.compile("\t"))).isEmpty();
  }

  @Test
  void waitsForConditionsNotForTime() throws IOException {
    assertThat(holding(all(), SLEEP)).isEmpty();
  }

  @Test
  void saysOfEveryPackageWhatItPromises() throws IOException {
    for (Path file : sources(MAIN)) {
      Path info = file.resolveSibling("package-info.java");
      assertThat(info).exists();
      assertThat(Files.readString(info)).contains("@NullMarked").startsWith("/**");
    }
  }
}
