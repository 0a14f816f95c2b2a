package io.vertebra.raft;

import static io.vertebra.raft.Trio.DEADLINE;
import static io.vertebra.raft.Trio.await;
import static io.vertebra.testkit.Waiting.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertebra.api.Failure;
import io.vertebra.api.FailureCode;
import io.vertebra.raft.Trio.Node;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
final class RaftEngineTest {
  @TempDir Path folder;

  @Test
  void keepsEverythingWhenItIsOpenedAgain() {
    try (Trio trio = new Trio(folder).form(1)) {
      for (int i = 0; i < 20; i++) {
        assertThat(trio.node(1).propose("entry" + i)).isEqualTo(String.valueOf(i + 1));
      }
      trio.close(1);
      Node again = trio.open(1, 1);
      again.barrier();
      assertThat(again.replica().entries()).hasSize(20).startsWith("entry0").endsWith("entry19");
    }
  }

  @Test
  void failsToOpenWhereThePortIsInUseAndLeavesTheProcessAlone() throws IOException {
    try (Trio trio = new Trio(folder)) {
      Peer peer = trio.peer(1);
      try (ServerSocket taken =
          new ServerSocket(peer.port(), 1, InetAddress.getByName(peer.host()))) {
        assertThatThrownBy(() -> await(trio.opening(1, List.of(peer))))
            .hasStackTraceContaining("cannot listen on raft.port " + taken.getLocalPort());
      }
      trio.close(1);
      assertThat(trio.open(1, 1).propose("a")).isEqualTo("1");
    }
  }

  @Test
  void completesABarrierOfAMemberAloneOnlyWithAllThatItKnewBefore() {
    try (Trio trio = new Trio(folder).form(1)) {
      List<CompletionStage<byte[]>> proposals = new ArrayList<>();
      for (int i = 0; i < 2_000; i++) {
        proposals.add(trio.node(1).engine().propose(CountingReplica.bytes("e" + i), DEADLINE));
      }
      proposals.forEach(Trio::await);
      trio.close(1);
      CompletionStage<Void> opening = trio.opening(1, trio.peers(1));
      CompletionStage<Void> barrier = trio.node(1).engine().barrier(DEADLINE);
      await(opening);
      await(barrier);
      assertThat(trio.node(1).replica().entries()).hasSize(2_000);
    }
  }

  @Test
  void tellsAReplicaThatItLeadsOnceItHasAppliedWhatWentBefore() {
    try (Trio trio = new Trio(folder).form(1)) {
      assertThat(trio.node(1).propose("a")).isEqualTo("1");
      trio.close(1);
      Node again = trio.open(1, 1);
      eventually(() -> assertThat(again.replica().leads()).isTrue());
      assertThat(again.replica().entries()).containsExactly("a");
      trio.close(1);
      assertThat(again.replica().leads()).isFalse();
    }
  }

  @Test
  void failsWithUnavailableWithinTheDeadlineWhileThereIsNoLeader() {
    try (Trio trio = new Trio(folder)) {
      Node alone = trio.open(1, 1, 2, 3);
      Duration deadline = Duration.ofMillis(300);
      for (CompletionStage<?> stage :
          List.of(
              alone.engine().propose(new byte[1], deadline),
              alone.engine().barrier(deadline),
              alone.engine().ask(new byte[1], deadline))) {
        assertThatThrownBy(() -> await(stage))
            .isInstanceOfSatisfying(
                Failure.class, e -> assertThat(e.code()).isEqualTo(FailureCode.UNAVAILABLE));
      }
      assertThat(alone.engine().status().writable()).isFalse();
      assertThat(alone.engine().status().leaderId()).isZero();
    }
  }

  @Test
  void refusesAFolderOfAnotherCluster() {
    try (Trio trio = new Trio(folder).form(1)) {
      RaftOptions options = trio.node(1).options();
      trio.close(1);
      RaftEngine other =
          new RaftEngine(
              options,
              trio.peer(1),
              new Group(78, trio.peers(1)),
              new io.micrometer.core.instrument.simple.SimpleMeterRegistry(),
              System::nanoTime);
      assertThatThrownBy(() -> await(other.open(new CountingReplica())))
          .hasMessageContaining("is of another cluster");
      await(other.close());
    }
  }

  @Test
  void isClosedForGood() {
    try (Trio trio = new Trio(folder).form(1)) {
      Node node = trio.node(1);
      trio.close(1);
      assertThatThrownBy(() -> await(node.engine().propose(new byte[1], DEADLINE)))
          .isInstanceOf(Failure.class);
      assertThat(node.engine().status().problem()).isEqualTo("is closed");
    }
  }
}
