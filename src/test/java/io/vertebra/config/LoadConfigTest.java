package io.vertebra.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class LoadConfigTest {
  @Test
  void hasTheSameTextWhateverTheOrder() {
    List<String> keys = IntStream.range(10, 40).mapToObj(i -> "k" + i).toList();
    List<String> reversed = new ArrayList<>(keys);
    Collections.reverse(reversed);
    assertThat(load(keys).toString()).isEqualTo(load(reversed).toString());
    assertThat(load(reversed).contents().keySet()).containsExactlyElementsOf(keys);
  }

  private static LoadConfig load(List<String> keys) {
    Map<String, Optional<Content>> contents = new LinkedHashMap<>();
    keys.forEach(key -> contents.put(key, Optional.of(Content.text(key, "of " + key))));
    return new LoadConfig("ns", contents, true, Terms.NONE);
  }
}
