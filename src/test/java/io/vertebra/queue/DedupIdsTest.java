package io.vertebra.queue;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class DedupIdsTest {
  private final DedupIds ids = new DedupIds();

  private void put(String id, long until) {
    ids.put(id, new DedupIds.Mark(1, until));
  }

  @Test
  void takesOutThoseThatAreOverInWhateverOrderTheyCame() {
    put("late", 30);
    put("early", 10);
    put("between", 20);
    assertThat(ids.pollOver(9, 10)).isEmpty();
    assertThat(ids.pollOver(20, 1)).containsExactly("early");
    assertThat(ids.pollOver(20, 10)).containsExactly("between");
    assertThat(ids.size()).isOne();
    assertThat(ids.pollOver(30, 10)).containsExactly("late");
  }

  @Test
  void keepsAnIdThatCameAgainUntilItsLaterTime() {
    put("a", 10);
    put("a", 20);
    put("a", 20);
    assertThat(ids.pollOver(19, 10)).isEmpty();
    assertThat(ids.find("a", 19)).isNotNull();
    assertThat(ids.pollOver(20, 10)).containsExactly("a");
    assertThat(ids.size()).isZero();
  }
}
