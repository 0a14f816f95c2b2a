package io.vertebra.raft;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

final class ConfiguredTest {
  private static final List<Peer> TWO = List.of(new Peer(1, "one:1"), new Peer(2, "two:1"));
  private static final List<Peer> MOVED = List.of(new Peer(1, "one:1"), new Peer(2, "two:2"));

  @Test
  void isOutdatedByWhatIsNewerAndSaysSomethingElse() {
    Configured before = new Configured(3, TWO, List.of());
    assertThat(before.isOutdatedBy(new Configured(4, MOVED, List.of()))).isTrue();
    assertThat(before.isOutdatedBy(new Configured(4, MOVED, TWO))).isTrue();
    assertThat(before.isOutdatedBy(new Configured(4, TWO, MOVED))).isTrue();
    assertThat(Configured.NOT_YET.isOutdatedBy(before)).isTrue();
  }

  @Test
  void isNotOutdatedByWhatSaysTheSameOrIsOlder() {
    Configured now = new Configured(3, TWO, List.of());
    assertThat(now.isOutdatedBy(new Configured(9, TWO, List.of()))).isFalse();
    assertThat(now.isOutdatedBy(new Configured(2, MOVED, List.of()))).isFalse();
    assertThat(now.isOutdatedBy(now)).isFalse();
    assertThat(now.isOutdatedBy(Configured.NOT_YET)).isFalse();
  }
}
