package io.vertebra.ids;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

final class WindowTest {

  @Test
  void putsTimeWorkerAndSequenceIntoAnId() {
    Window.Taken taken = Window.after(5, 0, 9_999).take(2, 1234).orElseThrow();
    assertThat(taken.ids()).containsExactly(1234L << 22 | 5L << 12, 1234L << 22 | 5L << 12 | 1);
  }

  @Test
  void borrowsFromTheFutureWhenAMillisecondIsUsedUp() {
    Window.Taken full = Window.after(0, 0, 11).take(4096, 10).orElseThrow();
    Window.Taken next = full.rest().take(1, 10).orElseThrow();
    assertThat(next.ids()).containsExactly(11L << 22);
    assertThat(next.rest().take(4096, 10)).isEmpty();
  }

  @Test
  void fillsTheLastMillisecondAndNoMore() {
    Window.Taken full = Window.after(0, 0, 10).take(4096, 10).orElseThrow();
    assertThat(full.rest().take(1, 10)).isEmpty();
    assertThat(full.rest().take(1, 11)).isEmpty();
  }

  @Test
  void hasIdsUntilTheYear2093() {
    long last = (1L << 41) - 1;
    Window.Taken taken = Window.after(1023, last - 1, last).take(4096, last).orElseThrow();
    assertThat(taken.ids().get(4095)).isEqualTo(Long.MAX_VALUE);
  }

  @Property(tries = 100)
  void growsWhateverTheClockDoesAndStaysWithinItsTimes(@ForAll long seed) {
    Random random = new Random(seed);
    long used = random.nextInt(50);
    Window window = Window.after(random.nextInt(1024), used, used + 20);
    List<Long> ids = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      var taken = window.take(1 + random.nextInt(3000), random.nextInt(100));
      window = taken.map(Window.Taken::rest).orElse(window);
      taken.ifPresent(some -> ids.addAll(some.ids()));
    }
    for (int i = 1; i < ids.size(); i++) {
      assertThat(ids.get(i)).isGreaterThan(ids.get(i - 1));
    }
    if (!ids.isEmpty()) {
      assertThat(ids.get(0) >> 22).isGreaterThan(used);
      assertThat(ids.get(ids.size() - 1) >> 22).isLessThanOrEqualTo(used + 20);
    }
  }
}
