package io.vertebra.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.vertebra.api.Failure;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.CharRange;
import net.jqwik.api.constraints.Chars;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class RequestPathTest {

  @ParameterizedTest
  @CsvSource({
    "/a/./b, /a/b",
    "/a/../b, /b",
    "/a/b/c/./../../g, /a/g",
    "/../a, /a",
    "/.., /",
    "/., /",
    "/a/., /a/",
    "/a/b/.., /a/",
    "/a/%2e%2E/b, /b",
    "/a/.%2e/b, /b",
    "/a//../b, /a/b",
    "/a/.../b, /a/.../b",
    "/a/.b/..c, /a/.b/..c",
    "/a%2f..%2fb/./c, /a%2f..%2fb/c",
  })
  void removesDotSegments(String raw, String normalised) {
    assertThat(RequestPath.normalise(raw)).isEqualTo(normalised);
  }

  @Test
  void returnsWhatNeedsNoChangeAsItIs() {
    String path = "/a//b%2F/c%20.d";
    assertThat(RequestPath.normalise(path)).isSameAs(path);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a", "/a%00", "/a\\b", "/a%", "/a%2", "/a%zz", "/a%2", "*"})
  void refusesWhatHasNoMeaning(String path) {
    assertThatExceptionOfType(Failure.class).isThrownBy(() -> RequestPath.normalise(path));
  }

  @Property
  void leavesNothingToNormalise(
      @ForAll @StringLength(max = 12) @Chars({'/', '.', 'a'}) @CharRange(from = 'b', to = 'b')
          String rest) {
    String once = RequestPath.normalise("/" + rest);
    assertThat(RequestPath.normalise(once)).isEqualTo(once);
    assertThat(once + "/").startsWith("/").doesNotContain("/./", "/../");
  }
}
