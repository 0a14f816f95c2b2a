package io.vertebra.ring;

import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * A node that may own keys.
 *
 * @param name decides which keys; unique among the nodes
 * @param weight share of the keys relative to the others, 1 to 100
 * @param value what a lookup answers
 */
public record Node<T>(String name, int weight, T value) {

  public Node {
    if (weight < 1 || weight > 100) {
      throw new IllegalArgumentException("weight must be 1 to 100, was " + weight);
    }
  }

  /** The nodes by name, so that the order they are given in decides nothing. */
  static <T> List<Node<T>> sorted(List<Node<T>> nodes) {
    Set<String> names = new HashSet<>();
    for (Node<T> node : nodes) {
      if (!names.add(node.name())) {
        throw new IllegalArgumentException("two nodes are named " + node.name());
      }
    }
    if (nodes.isEmpty() || nodes.size() > ConsistentHash.MAX_NODES) {
      throw new IllegalArgumentException("must be 1 to " + ConsistentHash.MAX_NODES + " nodes");
    }
    return nodes.stream().sorted(Comparator.comparing(Node::name)).toList();
  }
}
