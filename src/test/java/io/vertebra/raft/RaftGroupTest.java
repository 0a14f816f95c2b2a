package io.vertebra.raft;

import static io.vertebra.raft.Trio.DEADLINE;
import static io.vertebra.raft.Trio.await;
import static io.vertebra.testkit.Waiting.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertebra.api.Failure;
import io.vertebra.api.FailureCode;
import io.vertebra.raft.Trio.Node;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.apache.ratis.server.RaftServer.Division;
import org.apache.ratis.server.impl.Forgetting;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(90)
final class RaftGroupTest {
  @TempDir Path folder;

  @Test
  void appliesTheSameEntriesOnEveryMember() {
    try (Trio trio = new Trio(folder).form(1, 2, 3)) {
      Node leader = trio.leader();
      Node follower = trio.follower();
      assertThat(leader.propose("a")).isEqualTo("1");
      assertThat(follower.propose("b")).isEqualTo("2");
      for (Node node : trio.open()) {
        node.barrier();
        assertThat(node.replica().entries()).containsExactly("a", "b");
      }
    }
  }

  @Test
  void hasQuestionsToAFollowerAnsweredByTheLeader() {
    try (Trio trio = new Trio(folder).form(1, 2, 3)) {
      assertThat(trio.leader().propose("a")).isEqualTo("1");
      byte[] answer = await(trio.follower().engine().ask(CountingReplica.bytes("n"), DEADLINE));
      assertThat(CountingReplica.text(answer)).isEqualTo("n=1");
    }
  }

  @Test
  void goesOnWithAllThatWasAcknowledgedWhenTheLeaderCloses() {
    try (Trio trio = new Trio(folder).form(1, 2, 3)) {
      Node first = trio.leader();
      Node follower = trio.follower();
      List<String> acknowledged = new ArrayList<>();
      for (int i = 0; i < 50; i++) {
        acknowledged.add("e" + i);
        assertThat(follower.propose("e" + i)).isEqualTo(String.valueOf(i + 1));
      }
      trio.close(first.peer().id());
      assertThat(follower.propose("last")).isEqualTo("51");
      acknowledged.add("last");
      for (Node node : trio.open()) {
        node.barrier();
        assertThat(node.replica().entries()).isEqualTo(acknowledged);
      }
    }
  }

  @Test
  void appliesEachEntryOnceWhileTheLeadIsHandedAround() {
    try (Trio trio = new Trio(folder).form(1, 2, 3)) {
      Node asked = trio.follower();
      List<CompletionStage<byte[]>> proposals = new ArrayList<>();
      List<String> entries = new ArrayList<>();
      for (int round = 0; round < 3; round++) {
        for (int i = 0; i < 100; i++) {
          entries.add(round + "-" + i);
          proposals.add(asked.engine().propose(CountingReplica.bytes(round + "-" + i), DEADLINE));
        }
        long next = trio.follower().peer().id();
        await(asked.engine().transferLead(next, DEADLINE));
        eventually(() -> assertThat(trio.node(next).replica().leads()).isTrue());
      }
      proposals.forEach(Trio::await);
      asked.barrier();
      assertThat(asked.replica().entries()).containsExactlyInAnyOrderElementsOf(entries);
    }
  }

  @Test
  void sendsASnapshotToAMemberThatIsFarBehind() {
    try (Trio trio = new Trio(folder).snapshotAfterBytes(64 << 10).form(1, 2, 3)) {
      assertThat(trio.leader().propose("a")).isEqualTo("1");
      long late = trio.follower().peer().id();
      trio.close(late);
      Node leader = trio.leader();
      trio.fillUntilPurged(leader);
      Node again = trio.open(late, 1, 2, 3);
      again.barrier();
      assertThat(again.replica().entries()).isEqualTo(leader.replica().entries());
      assertThat(again.replica().loads()).isPositive();
      assertThat(again.propose("b")).isEqualTo(String.valueOf(leader.replica().entries().size()));
    }
  }

  @Test
  void growsFromOneToThreeWhileItIsWrittenTo() {
    try (Trio trio = new Trio(folder).form(1)) {
      Node first = trio.node(1);
      assertThat(first.propose("a")).isEqualTo("1");
      Node second = trio.open(2);
      await(first.engine().setMembers(trio.peers(1, 2), DEADLINE));
      assertThat(second.propose("b")).isEqualTo("2");
      Node third = trio.open(3);
      await(second.engine().setMembers(trio.peers(1, 2, 3), DEADLINE));
      assertThat(third.propose("c")).isEqualTo("3");
      for (Node node : trio.open()) {
        node.barrier();
        assertThat(node.replica().entries()).containsExactly("a", "b", "c");
        eventually(() -> assertThat(node.engine().members()).isEqualTo(trio.peers(1, 2, 3)));
      }
      trio.close(1);
      assertThat(third.propose("d")).isEqualTo("4");
    }
  }

  @Test
  void replacesALostMemberInOneStep() {
    try (Trio trio = new Trio(folder).form(1, 2, 3)) {
      assertThat(trio.leader().propose("a")).isEqualTo("1");
      long lost = trio.follower().peer().id();
      trio.close(lost);
      long[] kept = trio.open().stream().mapToLong(node -> node.peer().id()).toArray();
      Node fourth = trio.open(4);
      List<Peer> next = trio.peers(kept[0], kept[1], 4);
      await(trio.leader().engine().setMembers(next, DEADLINE));
      fourth.barrier();
      assertThat(fourth.replica().entries()).containsExactly("a");
      assertThat(trio.leader().engine().members()).isEqualTo(next);
      trio.close(kept[0]);
      assertThat(fourth.propose("b")).isEqualTo("2");
    }
  }

  @Test
  void learnsAgainWhoTheMembersAreThatRatisForgot() {
    try (Trio trio = new Trio(folder).form(1, 2)) {
      assertThat(trio.leader().propose("a")).isEqualTo("1");
      Node third = trio.open(3);
      await(trio.leader().engine().setMembers(trio.peers(1, 2, 3), DEADLINE));
      assertThat(third.propose("b")).isEqualTo("2");
      Division division = Trio.division(third);
      eventually(() -> assertThat(third.engine().members()).isEqualTo(trio.peers(1, 2, 3)));
      Forgetting.membersSince(division, 0);
      assertThat(division.getRaftConf().getAllPeers()).isEmpty();
      eventually(() -> assertThat(Trio.division(third)).isNotSameAs(division));
      assertThat(third.propose("c")).isEqualTo("3");
      third.barrier();
      assertThat(third.engine().members()).isEqualTo(trio.peers(1, 2, 3));
      assertThat(third.replica().entries()).containsExactly("a", "b", "c");
    }
  }

  @Test
  @Tag("slow")
  void saysOfAMemberThatWasRemovedThatItIsNone() {
    try (Trio trio = new Trio(folder).form(1, 2, 3)) {
      assertThat(trio.leader().propose("a")).isEqualTo("1");
      Node removed = trio.follower();
      List<Peer> next = new ArrayList<>(trio.peers(1, 2, 3));
      next.remove(removed.peer());
      await(trio.leader().engine().setMembers(next, DEADLINE));
      eventually(
          () -> assertThat(removed.engine().status().problem()).contains("is not one of its"));
      assertThat(trio.leader().propose("b")).isEqualTo("2");
    }
  }

  @Test
  @Tag("slow")
  void refusesAMemberThatDoesNotAnswerAndGoesOn() {
    try (Trio trio = new Trio(folder).form(1, 2)) {
      Node leader = trio.leader();
      CompletionStage<Void> change =
          leader.engine().setMembers(trio.peers(1, 2, 3), Duration.ofSeconds(15));
      assertThatThrownBy(() -> await(change))
          .isInstanceOfSatisfying(
              Failure.class, e -> assertThat(e.code()).isEqualTo(FailureCode.UNAVAILABLE));
      assertThat(leader.engine().members()).isEqualTo(trio.peers(1, 2));
      assertThat(leader.propose("a")).isEqualTo("1");
    }
  }

  @Test
  @Tag("slow")
  void takesNoWritesFromAMinorityAndMakesUpForIt() {
    try (Trio trio = new Trio(folder).form(1, 2, 3)) {
      assertThat(trio.leader().propose("a")).isEqualTo("1");
      trio.close(1);
      trio.close(2);
      Node last = trio.node(3);
      CompletionStage<Void> barrier = last.engine().barrier(Duration.ofSeconds(2));
      assertThatThrownBy(() -> await(barrier)).isInstanceOf(Failure.class);
      trio.open(1, 1, 2, 3);
      assertThat(last.propose("b")).isEqualTo("2");
    }
  }
}
