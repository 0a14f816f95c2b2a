package io.vertebra.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.regex.Pattern;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ValueRuleTest {
  private static ValueRule of(String keys) {
    return new ValueRule("r", keys, new JsonObject());
  }

  @ParameterizedTest
  @CsvSource({
    "a/b, a/b, true",
    "a/b, a/bc, false",
    "a/b, a, false",
    "*, anything, true",
    "*/pool.*, db/pool.yaml, true",
    "*/pool.*, db/pool, false",
    "*/pool.*, pool.yaml, false",
    "a*, a, true",
    "a**, a, true",
    "*a, ba, true",
    "*a, ab, false",
    "a*a, a, false",
    "ab*ba, aba, false",
    "*ab*, aab, true",
    "*a*b, abab, true",
    "a.c, abc, false",
    "a*c, a*c, true"
  })
  void isForTheKeysOfItsPattern(String keys, String key, boolean meant) {
    assertThat(of(keys).isFor(key)).isEqualTo(meant);
  }

  @Test
  void tellsSoonThatAKeyIsNotMeant() {
    ValueRule rule = of("*a*a*a*a*a*a*a*a*b");
    assertTimeoutPreemptively(
        Duration.ofSeconds(5), () -> assertThat(rule.isFor("a".repeat(200))).isFalse());
    assertThat(rule.isFor("a".repeat(199) + "b")).isTrue();
  }

  @Provide
  Arbitrary<String> patterns() {
    return Arbitraries.strings().withChars("ab*").ofMinLength(1).ofMaxLength(6);
  }

  @Provide
  Arbitrary<String> names() {
    return Arbitraries.strings().withChars("ab").ofMinLength(1).ofMaxLength(8);
  }

  @Property
  void agreesWithARegularExpression(@ForAll("patterns") String keys, @ForAll("names") String key) {
    assertThat(of(keys).isFor(key)).isEqualTo(Pattern.matches(keys.replace("*", ".*"), key));
  }
}
