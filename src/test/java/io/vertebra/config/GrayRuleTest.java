package io.vertebra.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import org.junit.jupiter.api.Test;

final class GrayRuleTest {
  private static GrayRule share(double percent) {
    return new GrayRule(List.of(), Optional.of(percent), "");
  }

  private static Audience caller(String name, String... labels) {
    return new Audience(name, Set.of(labels));
  }

  @Property
  void whoIsInAShareIsInEveryGreaterOne(
      @ForAll String name,
      @ForAll @DoubleRange(max = 100) double one,
      @ForAll @DoubleRange(max = 100) double other) {
    Audience caller = caller("c" + name.substring(0, Math.min(100, name.length())));
    boolean less = share(Math.min(one, other)).isFor(caller, "g");
    assertThat(!less || share(Math.max(one, other)).isFor(caller, "g")).isTrue();
  }

  @Test
  void aShareIsAboutAsLargeAsItSays() {
    long in =
        IntStream.range(0, 20_000)
            .filter(i -> share(12.5).isFor(caller("caller-" + i), "g"))
            .count();
    assertThat(in).isBetween(2_300L, 2_700L);
    assertThat(share(100).isFor(caller("c"), "g")).isTrue();
    assertThat(share(0).isFor(caller("c"), "g")).isFalse();
  }

  @Test
  void nobodyInParticularIsInNoShare() {
    assertThat(share(100).isFor(Audience.NOBODY, "g")).isFalse();
  }

  @Test
  void anotherSaltChoosesOthers() {
    GrayRule salted = new GrayRule(List.of(), Optional.of(50.0), "other");
    long differ =
        IntStream.range(0, 1_000)
            .mapToObj(i -> caller("c" + i))
            .filter(c -> share(50).isFor(c, "g") != salted.isFor(c, "g"))
            .count();
    assertThat(differ).isBetween(400L, 600L);
  }

  @Test
  void allLabelsMustBeThere() {
    GrayRule rule = new GrayRule(List.of("app:web", "zone:a"), Optional.empty(), "");
    assertThat(rule.isFor(caller("", "app:web", "zone:a", "x"), "g")).isTrue();
    assertThat(rule.isFor(caller("", "app:web"), "g")).isFalse();
  }
}
