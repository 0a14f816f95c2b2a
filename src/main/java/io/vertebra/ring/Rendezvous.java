package io.vertebra.ring;

import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Highest random weight: every node draws a score for the key and the highest wins. Shares follow
 * the weights exactly but for chance, and no table is kept; a lookup asks every node, so it suits
 * up to some dozens of them (about 20 ns each).
 *
 * <p>Source: Thaler and Ravishankar, "Using name-based mappings to increase hit rates", 1998;
 * weights by the score -weight/ln(u) of Schindelhauer and Schomaker, SPAA'05.
 */
public final class Rendezvous<T> implements ConsistentHash<T> {
  private final long[] names;
  private final int[] weights;
  private final boolean sameWeights;
  private final List<T> values;

  private Rendezvous(List<Node<T>> nodes) {
    this.names = nodes.stream().mapToLong(node -> Hashing.of(node.name())).toArray();
    this.weights = nodes.stream().mapToInt(Node::weight).toArray();
    this.sameWeights = IntStream.of(weights).distinct().count() == 1;
    this.values = nodes.stream().map(Node::value).toList();
  }

  /** 1 to 1000 nodes. */
  public static <T> Rendezvous<T> of(List<Node<T>> nodes) {
    return new Rendezvous<>(Node.sorted(nodes));
  }

  @Override
  public T owner(long hash) {
    long key = Hashing.mix(hash);
    int best = 0;
    double highest = score(0, key);
    for (int node = 1; node < names.length; node++) {
      double score = score(node, key);
      if (score > highest) {
        best = node;
        highest = score;
      }
    }
    return values.get(best);
  }

  @Override
  public Iterator<T> walk(long hash) {
    long key = Hashing.mix(hash);
    double[] scores = IntStream.range(0, names.length).mapToDouble(n -> score(n, key)).toArray();
    return IntStream.range(0, names.length)
        .boxed()
        .sorted(Comparator.comparingDouble((Integer node) -> -scores[node]))
        .map(values::get)
        .iterator();
  }

  /** With equal weights the draw itself orders the nodes as the logarithm would. */
  private double score(int node, long key) {
    double draw = ((Hashing.mix(names[node] ^ key) >>> 11) + 0.5) * 0x1p-53;
    return sameWeights ? draw : -weights[node] / StrictMath.log(draw);
  }
}
