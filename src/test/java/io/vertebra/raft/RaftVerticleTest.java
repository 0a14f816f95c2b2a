package io.vertebra.raft;

import static io.vertebra.testkit.Waiting.await;
import static io.vertebra.testkit.Waiting.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertebra.raft.MemberView.Role;
import io.vertebra.raft.RaftNodes.Node;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Nodes of a real cluster in one process, whose engines agree without a log. */
@Timeout(180)
final class RaftVerticleTest {
  @TempDir Path folder;

  private RaftNodes nodes;

  @BeforeEach
  void begin() {
    nodes = new RaftNodes(folder);
  }

  @AfterEach
  void close() {
    nodes.close();
  }

  @Test
  void threeThatNameEachOtherFormOneGroup() {
    List<Node> all =
        List.of(
            nodes.start(0, nodes.all()), nodes.start(1, nodes.all()), nodes.start(2, nodes.all()));
    List<Group> groups = all.stream().map(node -> node.seat().group()).distinct().toList();
    assertThat(groups).hasSize(1);
    assertThat(groups.get(0).peers())
        .containsExactlyInAnyOrderElementsOf(all.stream().map(Node::self).toList());
  }

  @Test
  void saysWhomItWaitsForAndIsNotReadyMeanwhile() {
    Node first = nodes.start(0, List.of(nodes.member(0), nodes.member(1)));
    eventually(
        () ->
            assertThat(first.verticle().health().data().getString("reason"))
                .isEqualTo("waits for " + nodes.member(1)));
    assertThat(first.verticle().seat().isComplete()).isFalse();
    Node second = nodes.start(1, List.of(nodes.member(0), nodes.member(1)));
    assertThat(first.seat().group()).isEqualTo(second.seat().group());
    assertThat(first.verticle().health().up()).isTrue();
  }

  @Test
  void takesItsSeatAgainWithoutTheOthers() {
    Node first = nodes.start(0, List.of(nodes.member(0), nodes.member(1)));
    Node second = nodes.start(1, List.of(nodes.member(0), nodes.member(1)));
    Seat seat = first.seat();
    assertThat(second.seat().group()).isEqualTo(seat.group());
    nodes.stop(first);
    nodes.stop(second);
    assertThat(nodes.start(0, List.of(nodes.member(0), nodes.member(1))).seat()).isEqualTo(seat);
  }

  @Test
  void aNodeAloneGrowsAndOneThatLostItsFolderTakesItsPlaceAgain() {
    Node first = nodes.start(0, List.of());
    InMemoryGroup group = new InMemoryGroup(RaftNodes.clusterId(first), List.of(first.self()));
    first.serve(group);
    Node second = nodes.start(1, nodes.all());
    assertThat(second.seat().group()).isEqualTo(new Group(RaftNodes.clusterId(first), List.of()));
    second.serve(group);
    eventually(() -> assertThat(second.group().members()).hasSize(2));

    await(second.verticle().service().add(RaftNodes.byAddress(second)));
    assertThat(group.members()).containsExactly(first.self(), second.self());
    Node third = nodes.start(2, nodes.all());
    third.serve(group);
    await(third.verticle().service().add(RaftNodes.byAddress(third)));
    assertThat(third.group().members())
        .extracting(MemberView::role)
        .containsExactly(Role.LEADER, Role.FOLLOWER, Role.FOLLOWER);

    nodes.stop(third);
    nodes.wipe(2);
    Node again = nodes.start(2, nodes.all());
    again.serve(group);
    assertThat(again.self().id()).isNotEqualTo(third.self().id());
    eventually(
        () ->
            assertThat(group.members()).containsExactly(first.self(), second.self(), again.self()));
  }

  @Test
  void nodesOfTwoGroupsDoNotMix() {
    Node first = nodes.start(0, List.of());
    long one = RaftNodes.clusterId(first);
    nodes.stop(first);
    Node second = nodes.start(1, List.of());
    long other = RaftNodes.clusterId(second);
    Node mixed = nodes.start(0, List.of(nodes.member(1)));
    assertThatThrownBy(mixed::seat)
        .hasMessageContaining(PeerCodec.hex(one))
        .hasMessageContaining(PeerCodec.hex(other));
  }

  @Test
  void doesNotStartWithADamagedIdentity() throws IOException {
    Path file = folder.resolve("0").resolve(IdentityStore.FILE);
    Files.createDirectories(file.getParent());
    Files.writeString(file, "{}");
    Node node = nodes.start(0, List.of());
    assertThatThrownBy(() -> RaftNodes.taken(node.started()))
        .hasMessageContaining(file + " is damaged");
  }
}
