package io.vertebra.etcd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

final class JsonSplitterTest {
  private static final String STREAM =
      "{\"a\":\"}{\\\"}\"} {\"b\":[{},{\"c\":1}]}\n\n{}{\"d\":\"\\\\\"}";

  private static List<String> feed(JsonSplitter splitter, String text) {
    return splitter.feed(text.getBytes(StandardCharsets.UTF_8)).stream()
        .map(piece -> new String(piece, StandardCharsets.UTF_8))
        .toList();
  }

  @Property
  void cutsTheSameWhereverTheStreamIsTorn(@ForAll @IntRange(min = 1, max = 40) int chunk) {
    JsonSplitter splitter = new JsonSplitter(100);
    List<String> pieces = new ArrayList<>();
    for (int i = 0; i < STREAM.length(); i += chunk) {
      pieces.addAll(feed(splitter, STREAM.substring(i, Math.min(STREAM.length(), i + chunk))));
    }
    assertThat(pieces)
        .containsExactly("{\"a\":\"}{\\\"}\"}", "{\"b\":[{},{\"c\":1}]}", "{}", "{\"d\":\"\\\\\"}");
    assertThat(splitter.rest()).isEmpty();
  }

  @Test
  void leavesOverWhatIsNotWhole() {
    JsonSplitter splitter = new JsonSplitter(100);
    assertThat(feed(splitter, "{} {\"a\":")).containsExactly("{}");
    assertThat(splitter.rest()).asString().isEqualTo("{\"a\":");
  }

  @Test
  void handsOnAtOnceWhatIsNoObject() {
    assertThat(feed(new JsonSplitter(100), "{}xx{}")).containsExactly("{}", "xx{}");
    assertThat(feed(new JsonSplitter(100), "}{}")).containsExactly("}{}");
  }

  @Test
  void refusesAPieceThatIsTooLong() {
    JsonSplitter splitter = new JsonSplitter(10);
    assertThat(feed(splitter, "{\"a\":1234}")).hasSize(1);
    assertThatThrownBy(() -> feed(splitter, "{\"a\":12345}")).hasMessageContaining("too large");
  }
}
