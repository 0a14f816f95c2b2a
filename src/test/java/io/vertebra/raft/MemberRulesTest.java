package io.vertebra.raft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertebra.api.Failure;
import io.vertebra.api.FailureCode;
import io.vertebra.raft.MemberView.LogProgress;
import io.vertebra.raft.MemberView.Role;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

final class MemberRulesTest {
  private static final NodeSelector NEW = new NodeSelector(NodeSelector.Kind.ADDRESS, "10.0.0.9:1");
  private static final MemberView WAITING = member(9, Role.WAITING, true);

  private static MemberView member(long id, Role role, boolean reachable) {
    return new MemberView(
        new Peer(id, "10.0.0." + id + ":1"),
        "name-" + id,
        reachable ? "node-" + id : "",
        role,
        reachable,
        reachable ? Optional.of(new LogProgress(id, id)) : Optional.empty());
  }

  /** A group of which the first leads and the last ones are not reachable, and a waiting node. */
  private static GroupView group(int members, int unreachable) {
    List<MemberView> views = new ArrayList<>();
    for (int id = 1; id <= members; id++) {
      views.add(member(id, id == 1 ? Role.LEADER : Role.FOLLOWER, id <= members - unreachable));
    }
    views.add(WAITING);
    return new GroupView(7, 1, 3, views);
  }

  private static List<Long> ids(List<Peer> peers) {
    return peers.stream().map(Peer::id).toList();
  }

  private static void refused(FailureCode code, String reason, ThrowingCallable change) {
    assertThatThrownBy(change)
        .isInstanceOfSatisfying(
            Failure.class, failure -> assertThat(failure.code()).isEqualTo(code))
        .hasMessageContaining(reason);
  }

  @Test
  void growsFromOneToThree() {
    assertThat(ids(MemberRules.adding(group(1, 0), NEW))).containsExactly(1L, 9L);
    assertThat(ids(MemberRules.adding(group(2, 0), NEW))).containsExactly(1L, 2L, 9L);
  }

  @Test
  void addsWhileOneOfThreeIsGoneButNotWhileTheMajorityIs() {
    assertThat(ids(MemberRules.adding(group(3, 1), NEW))).hasSize(4);
    refused(
        FailureCode.CONFLICT,
        "it has 3 members, of which 1 is reachable",
        () -> MemberRules.adding(group(3, 2), NEW));
    refused(FailureCode.CONFLICT, "lose its majority", () -> MemberRules.adding(group(2, 1), NEW));
  }

  @Test
  void removesTheOneThatIsGoneButNotOneOfTheLastTwoThatAreThere() {
    assertThat(ids(MemberRules.removing(group(3, 1), 3))).containsExactly(1L, 2L);
    refused(
        FailureCode.CONFLICT,
        "2 members, of which 1 is reachable",
        () -> MemberRules.removing(group(3, 1), 2));
    assertThat(ids(MemberRules.removing(group(2, 0), 2))).containsExactly(1L);
  }

  @Test
  void keepsTheLastMember() {
    refused(FailureCode.CONFLICT, "the last member", () -> MemberRules.removing(group(1, 0), 1));
  }

  @Test
  void replacesInOneStep() {
    assertThat(ids(MemberRules.replacing(group(3, 1), new ReplaceMember(3, NEW))))
        .containsExactly(1L, 2L, 9L);
    refused(
        FailureCode.NOT_FOUND,
        "no member 0000000000000008",
        () -> MemberRules.replacing(group(3, 0), new ReplaceMember(8, NEW)));
  }

  @Test
  void takesOnlyANodeThatWaits() {
    refused(
        FailureCode.CONFLICT,
        "name name-2 is a member already",
        () -> MemberRules.adding(group(3, 0), new NodeSelector(NodeSelector.Kind.NAME, "name-2")));
    refused(
        FailureCode.NOT_FOUND,
        "no core node of node node-8 answers",
        () -> MemberRules.adding(group(3, 0), new NodeSelector(NodeSelector.Kind.NODE, "node-8")));
  }

  @Test
  void doesNotTakeANodeWhoseEngineIsNotOpen() {
    MemberView forming =
        new MemberView(WAITING.peer(), "", "node-9", Role.WAITING, true, Optional.empty());
    List<MemberView> views = List.of(member(1, Role.LEADER, true), forming);
    refused(
        FailureCode.CONFLICT,
        "not ready",
        () -> MemberRules.adding(new GroupView(7, 1, 3, views), NEW));
  }

  @Test
  void theFurthestReachableFollowerLeadsNext() {
    assertThat(MemberRules.successor(group(3, 0), Optional.empty()).peer().id()).isEqualTo(3);
    assertThat(MemberRules.successor(group(3, 1), Optional.empty()).peer().id()).isEqualTo(2);
    refused(
        FailureCode.CONFLICT,
        "not reachable",
        () -> MemberRules.successor(group(3, 1), Optional.of(3L)));
    refused(
        FailureCode.CONFLICT,
        "no other member",
        () -> MemberRules.successor(group(1, 0), Optional.empty()));
  }
}
