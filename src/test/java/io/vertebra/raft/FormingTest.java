package io.vertebra.raft;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertebra.raft.Forming.Step;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The decisions alone, and what they come to when nodes die between any two steps. */
final class FormingTest {
  private static final Peer ANN = peer(1);
  private static final Peer BOB = peer(2);
  private static final Peer CAT = peer(3);

  private static Peer peer(long id) {
    return new Peer(id, "10.0.0." + id + ":6701");
  }

  private static Introduction fresh(Peer peer, Peer... founders) {
    return new Introduction(
        "n" + peer.id(), peer, 0, List.of(founders), List.of(), Optional.empty());
  }

  private static Introduction of(Peer peer, long clusterId, Peer... founders) {
    return new Introduction(
        "n" + peer.id(), peer, clusterId, List.of(founders), List.of(), Optional.empty());
  }

  private static Step next(Peer self, List<String> missing, Introduction... heard) {
    return Forming.next(self, List.of(heard), List.of(heard), missing, () -> 8);
  }

  @Test
  void theLeastFoundsTheGroupOnceAllAgree() {
    Step step = next(ANN, List.of(), fresh(CAT, ANN, BOB, CAT), fresh(BOB, ANN, BOB, CAT));
    assertThat(step)
        .isInstanceOfSatisfying(
            Step.Take.class,
            take -> assertThat(take.group()).isEqualTo(new Group(9, List.of(ANN, BOB, CAT))));
  }

  @Test
  void anyOtherWaits() {
    Step step = next(BOB, List.of(), fresh(CAT, ANN, BOB, CAT), fresh(ANN, ANN, BOB, CAT));
    assertThat(step).isEqualTo(new Step.Wait(List.of()));
  }

  @Test
  void nobodyFoundsAGroupWhileSomeoneIsMissingOrSeesOthers() {
    assertThat(next(ANN, List.of("cat:5701"), fresh(BOB, ANN, BOB)))
        .isEqualTo(new Step.Wait(List.of("cat:5701")));
    assertThat(next(ANN, List.of(), fresh(BOB))).isEqualTo(new Step.Wait(List.of()));
    assertThat(next(ANN, List.of(), fresh(BOB, ANN, BOB, CAT))).isEqualTo(new Step.Wait(List.of()));
  }

  @Test
  void aFounderTakesTheGroupThatItHearsOfWhoeverIsMissing() {
    Step step = next(BOB, List.of("cat:5701"), of(ANN, 7, ANN, BOB, CAT));
    assertThat(step)
        .isInstanceOfSatisfying(
            Step.Take.class,
            take -> assertThat(take.group()).isEqualTo(new Group(7, List.of(ANN, BOB, CAT))));
  }

  @Test
  void whoIsNoFounderWaitsToBeTakenIn() {
    Step step = next(CAT, List.of("dan:5701"), of(ANN, 7, ANN, BOB));
    assertThat(step)
        .isInstanceOfSatisfying(
            Step.Take.class, take -> assertThat(take.group()).isEqualTo(new Group(7, List.of())));
  }

  @Test
  void twoGroupsAreRefusedAndBothNamed() {
    Step step = next(CAT, List.of(), of(ANN, 7, ANN), of(BOB, -2, BOB));
    assertThat(step)
        .isInstanceOfSatisfying(
            Step.Refuse.class,
            refusal ->
                assertThat(refusal.why())
                    .contains("0000000000000007 (10.0.0.1:6701)")
                    .contains("fffffffffffffffe (10.0.0.2:6701)"));
  }

  /**
   * A node that dies and comes back, with or without its folder, at any moment: between hearing and
   * deciding, and between writing and telling.
   */
  private static final class Node {
    private final int place;
    private final Random random;
    private Identity disk;
    private boolean up = true;
    private List<Introduction> heard = List.of();
    private List<Peer> founders = List.of();

    private Node(int place, Random random) {
      this.place = place;
      this.random = random;
      this.disk = new Identity(random.nextLong() | 1, Optional.empty());
    }

    private Peer peer() {
      return new Peer(disk.id(), "10.0.0." + place + ":6701");
    }

    private void stop() {
      up = false;
      heard = List.of();
      founders = List.of();
    }

    private void wipe() {
      disk = new Identity(random.nextLong() | 1, Optional.empty());
    }

    private Introduction introduction() {
      List<Peer> told = disk.group().map(Group::peers).orElse(founders);
      return new Introduction(
          "n" + place, peer(), disk.clusterId(), told, List.of(), Optional.empty());
    }

    private void hear(List<Node> nodes) {
      heard =
          nodes.stream()
              .filter(node -> node != this && node.up && random.nextInt(8) > 0)
              .map(Node::introduction)
              .toList();
    }

    /** Acts on what it heard, maybe long ago. */
    private void decide(int size) {
      List<String> missing = heard.size() == size - 1 ? List.of() : List.of("someone");
      founders = missing.isEmpty() ? Forming.founders(peer(), heard) : List.of();
      if (disk.group().isEmpty()) {
        Step step = Forming.next(peer(), heard, heard, missing, random::nextLong);
        if (step instanceof Step.Take take) {
          disk = disk.in(take.group());
        }
      }
    }
  }

  @Test
  void atMostOneGroupEverHasAMajorityWhoeverDiesWhen() {
    for (long seed = 0; seed < 2_000; seed++) {
      Random random = new Random(seed);
      List<Node> nodes = List.of(new Node(1, random), new Node(2, random), new Node(3, random));
      List<Group> working = new ArrayList<>();
      for (int i = 0; i < 200; i++) {
        disturb(nodes.get(random.nextInt(3)), nodes, random);
        working.addAll(working(nodes));
        assertThat(working.stream().map(Group::clusterId).distinct())
            .as("seed %s", seed)
            .hasSizeLessThanOrEqualTo(1);
      }
    }
  }

  @Test
  void allFormOneGroupOnceNobodyDiesAnyMore() {
    for (long seed = 0; seed < 500; seed++) {
      Random random = new Random(seed);
      List<Node> nodes = List.of(new Node(1, random), new Node(2, random), new Node(3, random));
      for (int i = 0; i < 400; i++) {
        Node node = nodes.get(random.nextInt(3));
        if (i < 100 && working(nodes).isEmpty() && random.nextInt(10) == 0) {
          node.stop();
        } else if (!node.up) {
          node.up = true;
        } else {
          step(node, nodes, random);
        }
      }
      assertThat(nodes.stream().map(node -> node.disk.group()).distinct())
          .as("seed %s", seed)
          .hasSize(1)
          .allMatch(Optional::isPresent);
    }
  }

  private static void step(Node node, List<Node> nodes, Random random) {
    if (random.nextBoolean()) {
      node.hear(nodes);
    } else {
      node.decide(nodes.size());
    }
  }

  /**
   * Once a group works, folders are lost one at a time only; more would be the end of any group.
   */
  private static void disturb(Node node, List<Node> nodes, Random random) {
    if (!node.up) {
      node.up = true;
    } else if (random.nextInt(12) == 0) {
      node.stop();
      if (working(nodes).isEmpty() && random.nextBoolean()) {
        node.wipe();
      }
    } else {
      step(node, nodes, random);
    }
  }

  /** The groups that a majority of their founders has on disk. */
  private static List<Group> working(List<Node> nodes) {
    return nodes.stream()
        .flatMap(node -> node.disk.group().stream())
        .filter(group -> !group.peers().isEmpty())
        .distinct()
        .filter(group -> holders(nodes, group) > group.peers().size() / 2)
        .toList();
  }

  private static long holders(List<Node> nodes, Group group) {
    return nodes.stream()
        .filter(node -> Introduction.lists(group.peers(), node.disk.id()))
        .filter(node -> node.disk.clusterId() == group.clusterId())
        .count();
  }
}
