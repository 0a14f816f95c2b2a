package io.vertebra.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.CharRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

final class TextDiffTest {
  private static String text(List<Character> letters) {
    return letters.stream().map(letter -> letter + "\n").collect(Collectors.joining());
  }

  /** What the diff makes of the text before. */
  private static String patched(String before, String diff) {
    List<String> from = before.lines().toList();
    List<String> to = new ArrayList<>();
    int at = 0;
    for (String line : diff.lines().skip(2).toList()) {
      if (line.startsWith("@@")) {
        String[] range = line.split("[ ,]");
        int start = Integer.parseInt(range[1].substring(1));
        boolean none = line.matches("@@ -\\d+,0 .*");
        while (at < start - (none ? 0 : 1)) {
          to.add(from.get(at++));
        }
      } else if (line.startsWith("+")) {
        to.add(line.substring(1));
      } else {
        assertThat(line.substring(1)).isEqualTo(from.get(at++));
        if (line.startsWith(" ")) {
          to.add(line.substring(1));
        }
      }
    }
    to.addAll(from.subList(at, from.size()));
    return to.stream().map(line -> line + "\n").collect(Collectors.joining());
  }

  @Property(tries = 500)
  void turnsOneTextIntoTheOther(
      @ForAll @Size(max = 30) List<@CharRange(from = 'a', to = 'c') Character> one,
      @ForAll @Size(max = 30) List<@CharRange(from = 'a', to = 'c') Character> other) {
    String before = text(one);
    String after = text(other);
    assertThat(patched(before, TextDiff.unified("x", before, after))).isEqualTo(after);
  }

  @Test
  void tellsEqualTextsByNothing() {
    assertThat(TextDiff.unified("x", "a\n", "a\n")).isEmpty();
  }

  @Test
  void tellsThatTheLastLineDoesNotEnd() {
    assertThat(TextDiff.unified("x", "a\n", "a"))
        .isEqualTo("--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n+a\n\\ No newline at end of file\n");
  }

  @Test
  void keepsFarChangesApart() {
    String before = IntStream.range(0, 40).mapToObj(i -> i + "\n").collect(Collectors.joining());
    String after = before.replace("5\n6\n", "5\nx\n6\n").replace("30\n", "");
    assertThat(TextDiff.unified("x", before, after).lines().filter(l -> l.startsWith("@@")))
        .containsExactly("@@ -4,6 +4,7 @@", "@@ -28,7 +29,6 @@");
  }

  @Test
  void tellsTextsThatHaveLittleInCommonAsAWhole() {
    String before = IntStream.range(0, 5_000).mapToObj(i -> i + "\n").collect(Collectors.joining());
    String after =
        IntStream.range(0, 5_000).mapToObj(i -> "x" + i + "\n").collect(Collectors.joining());
    String diff = TextDiff.unified("x", before, after);
    assertThat(diff).contains("@@ -1,5000 +1,5000 @@");
    assertThat(patched(before, diff)).isEqualTo(after);
  }
}
