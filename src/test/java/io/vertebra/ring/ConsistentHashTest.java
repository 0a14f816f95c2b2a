package io.vertebra.ring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class ConsistentHashTest {
  private static final int KEYS = 100_000;

  /**
   * @param share how far from its weight's share of all keys a node may be, in parts of the whole
   */
  enum Algorithm {
    RING(HashRing::of, 0.03),
    MAGLEV(Maglev::of, 0.01),
    RENDEZVOUS(Rendezvous::of, 0.01);

    final Function<List<Node<String>>, ConsistentHash<String>> build;
    final double share;

    Algorithm(Function<List<Node<String>>, ConsistentHash<String>> build, double share) {
      this.build = build;
      this.share = share;
    }
  }

  @Test
  void hashesAsTheReferenceDoes() {
    // XXH3_64bits of the empty input with seed 0, from the test vectors of xxHash 0.8.
    assertThat(Hashing.of("")).isEqualTo(0x2D06800538D394C2L);
    assertThat(Hashing.of(new StringBuilder("ключ"))).isEqualTo(Hashing.of("ключ"));
  }

  @ParameterizedTest
  @EnumSource
  void ownersAreTheSameOnEveryNodeAndInEveryRun(Algorithm algorithm) {
    ConsistentHash<String> owners = algorithm.build.apply(nodes(5));
    List<String> found =
        IntStream.range(0, 8).mapToObj(i -> owners.owner(Hashing.of("key-" + i))).toList();
    assertThat(String.join(" ", found))
        .isEqualTo(
            switch (algorithm) {
              case RING -> "n4 n2 n1 n1 n3 n4 n2 n4";
              case MAGLEV -> "n4 n4 n0 n2 n4 n0 n4 n0";
              case RENDEZVOUS -> "n3 n2 n0 n2 n4 n3 n1 n2";
            });
  }

  @ParameterizedTest
  @EnumSource
  void theOrderTheNodesAreGivenInDecidesNothing(Algorithm algorithm) {
    List<Node<String>> nodes = nodes(10);
    ConsistentHash<String> one = algorithm.build.apply(nodes);
    Collections.reverse(nodes);
    ConsistentHash<String> other = algorithm.build.apply(nodes);
    for (int key = 0; key < 1000; key++) {
      assertThat(owner(one, key)).isEqualTo(owner(other, key));
    }
  }

  @ParameterizedTest
  @EnumSource
  void everyNodeOwnsTheShareOfItsWeight(Algorithm algorithm) {
    List<Node<String>> nodes =
        List.of(node("a", 1), node("b", 2), node("c", 3), node("d", 10), node("e", 4));
    ConsistentHash<String> owners = algorithm.build.apply(nodes);
    Map<String, Integer> counts = new HashMap<>();
    for (int key = 0; key < KEYS; key++) {
      counts.merge(owner(owners, key), 1, Integer::sum);
    }
    for (Node<String> node : nodes) {
      assertThat(counts.get(node.name()) / (double) KEYS)
          .as(node.name())
          .isCloseTo(node.weight() / 20.0, within(algorithm.share));
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"RING", "RENDEZVOUS"})
  void onlyTheKeysOfALeaverMove(Algorithm algorithm) {
    ConsistentHash<String> before = algorithm.build.apply(nodes(10));
    ConsistentHash<String> after = algorithm.build.apply(nodes(10, "n3"));
    int moved = 0;
    for (int key = 0; key < KEYS; key++) {
      String owner = owner(before, key);
      if (owner.equals("n3")) {
        moved++;
      } else {
        assertThat(owner(after, key)).isEqualTo(owner);
      }
    }
    assertThat(moved / (double) KEYS).isCloseTo(0.1, within(algorithm.share));
  }

  @Test
  void fewKeysOfOthersMoveWhenAMaglevIsRebuiltWithoutOne() {
    ConsistentHash<String> before = Maglev.of(nodes(10));
    ConsistentHash<String> after = Maglev.of(nodes(10, "n3"));
    int movedOfOthers = 0;
    for (int key = 0; key < KEYS; key++) {
      String owner = owner(before, key);
      movedOfOthers += owner.equals("n3") || owner.equals(owner(after, key)) ? 0 : 1;
    }
    assertThat(movedOfOthers / (double) KEYS).isBetween(0.0, 0.05);
  }

  @ParameterizedTest
  @EnumSource
  void walksFromTheOwnerToEveryNodeOnce(Algorithm algorithm) {
    ConsistentHash<String> owners = algorithm.build.apply(nodes(50));
    for (int key = 0; key < 200; key++) {
      List<String> walk = walk(owners, key);
      assertThat(walk).doesNotHaveDuplicates().hasSize(50).startsWith(owner(owners, key));
    }
  }

  @ParameterizedTest
  @EnumSource
  void keysOfASkippedNodeSpreadOverAllOthers(Algorithm algorithm) {
    ConsistentHash<String> owners = algorithm.build.apply(nodes(10));
    Map<String, Integer> heirs = new HashMap<>();
    for (int key = 0; key < KEYS; key++) {
      List<String> walk = walk(owners, key);
      if (walk.get(0).equals("n3")) {
        heirs.merge(walk.get(1), 1, Integer::sum);
      }
    }
    assertThat(heirs).hasSize(9);
    assertThat(Collections.max(heirs.values())).isLessThan(KEYS / 10 / 9 * 3 / 2 + 300);
  }

  @ParameterizedTest
  @EnumSource
  void hashesThatAreAlikeStillSpread(Algorithm algorithm) {
    ConsistentHash<String> owners = algorithm.build.apply(nodes(10));
    HashSet<String> found = new HashSet<>();
    for (long hash = 0; hash < 200; hash++) {
      found.add(owners.owner(hash));
    }
    assertThat(found).hasSize(10);
  }

  @Test
  void aRingIsBounded() {
    int[] heavy = IntStream.generate(() -> 100).limit(1000).toArray();
    assertThat(IntStream.of(HashRing.pointCounts(heavy)).sum())
        .isBetween(100_000, HashRing.MAX_POINTS);
    assertThat(HashRing.pointCounts(new int[] {1, 3})).containsExactly(160, 480);
  }

  @ParameterizedTest
  @EnumSource
  void refusesNodesOfTheSameNameAndNoNodes(Algorithm algorithm) {
    assertThatThrownBy(() -> algorithm.build.apply(List.of(node("a", 1), node("a", 2))))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> algorithm.build.apply(List.of()))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private static String owner(ConsistentHash<String> owners, int key) {
    return owners.owner(Hashing.of("key-" + key));
  }

  private static List<String> walk(ConsistentHash<String> owners, int key) {
    List<String> walk = new ArrayList<>();
    for (Iterator<String> i = owners.walk(Hashing.of("key-" + key)); i.hasNext(); ) {
      walk.add(i.next());
    }
    return walk;
  }

  private static List<Node<String>> nodes(int count, String... without) {
    List<Node<String>> nodes = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      if (!List.of(without).contains("n" + i)) {
        nodes.add(node("n" + i, 1));
      }
    }
    return nodes;
  }

  private static Node<String> node(String name, int weight) {
    return new Node<>(name, weight, name);
  }
}
