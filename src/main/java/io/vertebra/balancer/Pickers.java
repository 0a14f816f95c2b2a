package io.vertebra.balancer;

import io.vertebra.ring.ConsistentHash;
import io.vertebra.ring.HashRing;
import io.vertebra.ring.Maglev;
import io.vertebra.ring.Node;
import io.vertebra.ring.Rendezvous;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/** Makes the picker that an upstream's policy asks for. */
final class Pickers {
  private Pickers() {}

  static Picker of(Upstream upstream) {
    return of(upstream, ThreadLocalRandom::current);
  }

  static Picker of(Upstream upstream, Supplier<? extends RandomGenerator> random) {
    Balancing balancing = upstream.balancing();
    if (upstream.endpoints().isEmpty()) {
      return new RoundRobin(0);
    }
    return switch (balancing.policy()) {
      case ROUND_ROBIN -> new RoundRobin(0);
      case WEIGHTED_ROUND_ROBIN -> new SmoothWeighted(upstream.endpoints().size());
      case LEAST_CONNECTIONS -> new LeastConnections();
      case P2C_EWMA -> new PeakEwma(random);
      case RING_HASH -> new HashPicker(owners(upstream, HashRing::of));
      case MAGLEV -> new HashPicker(owners(upstream, Maglev::of));
      case RENDEZVOUS -> new HashPicker(owners(upstream, Rendezvous::of));
      case BOUNDED_LOAD -> new BoundedLoad(owners(upstream, HashRing::of), balancing.loadFactor());
      case RANDOM -> new WeightedRandom(random);
    };
  }

  /** Whether the picker of one serves the other: it knows endpoints by their place and weight. */
  static boolean sameFor(Upstream one, Upstream other) {
    return one.balancing().policy() == other.balancing().policy()
        && one.balancing().loadFactor() == other.balancing().loadFactor()
        && places(one).equals(places(other));
  }

  private static List<String> places(Upstream upstream) {
    return upstream.endpoints().stream().map(e -> e.id() + " " + e.weight()).toList();
  }

  private static ConsistentHash<Integer> owners(
      Upstream upstream, Function<List<Node<Integer>>, ConsistentHash<Integer>> algorithm) {
    List<Node<Integer>> nodes = new ArrayList<>();
    for (Endpoint endpoint : upstream.endpoints()) {
      nodes.add(new Node<>(endpoint.id(), endpoint.weight(), nodes.size()));
    }
    return algorithm.apply(nodes);
  }
}
