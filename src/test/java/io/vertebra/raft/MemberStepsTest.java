package io.vertebra.raft;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.LongStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

final class MemberStepsTest {
  private static List<Peer> peers(long... ids) {
    return LongStream.of(ids).mapToObj(MemberStepsTest::peer).toList();
  }

  private static Peer peer(long id) {
    return new Peer(id, "host" + id + ":6701");
  }

  private static List<Peer> peers(Set<Long> ids) {
    return ids.stream().sorted().map(MemberStepsTest::peer).toList();
  }

  @Test
  void growsByOneAtATime() {
    assertThat(MemberSteps.next(peers(1), peers(1, 2, 3), Set.of(1L))).contains(peers(1, 2));
    assertThat(MemberSteps.next(peers(1, 2), peers(1, 2, 3), Set.of(1L, 2L)))
        .contains(peers(1, 2, 3));
  }

  @Test
  void replacesInOneStepWhoIsGone() {
    assertThat(MemberSteps.next(peers(1, 2, 3), peers(1, 2, 4), Set.of(1L, 2L)))
        .contains(peers(1, 2, 4));
  }

  @Test
  void removesWhoIsGoneBeforeWhoIsThere() {
    assertThat(MemberSteps.next(peers(1, 2, 3, 4), peers(1, 2), Set.of(1L, 2L, 3L)))
        .contains(peers(1, 2, 3));
  }

  @Test
  void waitsRatherThanLoseTheMajority() {
    assertThat(MemberSteps.next(peers(1, 2, 3), peers(1, 2), Set.of(1L, 3L))).isEmpty();
  }

  @Test
  void doesNothingAboutMembersThatAreNotKnown() {
    assertThat(MemberSteps.next(peers(1, 2), List.of(), Set.of(1L, 2L))).isEmpty();
  }

  @Test
  void namesMembersAsTheyAreReachedNow() {
    Peer moved = new Peer(1, "elsewhere:1");
    assertThat(MemberSteps.next(peers(1), List.of(moved, peer(2)), Set.of(1L)))
        .contains(List.of(moved, peer(2)));
  }

  @Property
  void comesToTheMembersWantedWithAMajorityAtEachStep(
      @ForAll @Size(min = 1, max = 6) Set<@LongRange(min = 1, max = 9) Long> own,
      @ForAll @Size(min = 1, max = 6) Set<@LongRange(min = 1, max = 9) Long> wanted) {
    Set<Long> there = new HashSet<>(own);
    there.addAll(wanted);
    List<Peer> now = peers(own);
    for (int i = 0; i < 12; i++) {
      Optional<List<Peer>> next = MemberSteps.next(now, peers(wanted), there);
      if (next.isEmpty()) {
        break;
      }
      List<Peer> changed = new ArrayList<>(next.get());
      changed.removeAll(now);
      assertThat(changed.size() + Math.abs(next.get().size() - now.size())).isLessThanOrEqualTo(2);
      now = next.get();
    }
    assertThat(now).containsExactlyInAnyOrderElementsOf(peers(wanted));
  }
}
