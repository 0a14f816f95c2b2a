package io.vertebra.ring;

import java.util.Arrays;
import java.util.BitSet;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;

/**
 * A table of 65,537 entries, shared out to the nodes in turns by each one's own permutation. Lookup
 * is one array access; each node's share of the table is within 1 entry per unit of weight of
 * exact. When a node leaves and the table is rebuilt, a few keys of others move too (about 1 in 100
 * to 1 in 20); walking past a node moves only its own.
 *
 * <p>Source: Eisenbud et al., "Maglev: A Fast and Reliable Software Network Load Balancer",
 * NSDI'16, section 3.4; weights by the turns a node gets, as in Envoy.
 */
public final class Maglev<T> implements ConsistentHash<T> {
  static final int TABLE_SIZE = 65_537;

  private final short[] table;
  private final List<T> values;

  private Maglev(short[] table, List<T> values) {
    this.table = table;
    this.values = values;
  }

  /** A table of 1 to 1000 nodes; building takes some milliseconds. */
  public static <T> Maglev<T> of(List<Node<T>> nodes) {
    List<Node<T>> sorted = Node.sorted(nodes);
    return new Maglev<>(fill(sorted), sorted.stream().map(Node::value).toList());
  }

  private static <T> short[] fill(List<Node<T>> nodes) {
    short[] table = new short[TABLE_SIZE];
    Arrays.fill(table, (short) -1);
    Permutation[] permutations =
        nodes.stream().map(node -> new Permutation(node.name())).toArray(Permutation[]::new);
    int heaviest = nodes.stream().mapToInt(Node::weight).max().orElseThrow();
    int[] turns = new int[permutations.length];
    int filled = 0;
    while (true) {
      for (int node = 0; node < permutations.length; node++) {
        turns[node] += nodes.get(node).weight();
        if (turns[node] < heaviest) {
          continue;
        }
        turns[node] -= heaviest;
        table[permutations[node].nextFree(table)] = (short) node;
        if (++filled == TABLE_SIZE) {
          return table;
        }
      }
    }
  }

  @Override
  public T owner(long hash) {
    return values.get(entry(hash, 0));
  }

  @Override
  public Iterator<T> walk(long hash) {
    return new Walk(hash);
  }

  private int entry(long hash, int probe) {
    return table[(int) Long.remainderUnsigned(Hashing.derived(hash, probe), TABLE_SIZE)];
  }

  /** The order in which one node wants the entries: steps of a fixed size round the table. */
  private static final class Permutation {
    private final int step;
    private int at;

    Permutation(String name) {
      long hash = Hashing.of(name);
      this.at = (int) Long.remainderUnsigned(Hashing.derived(hash, 1), TABLE_SIZE);
      this.step = 1 + (int) Long.remainderUnsigned(Hashing.derived(hash, 2), TABLE_SIZE - 1);
    }

    int nextFree(short[] table) {
      while (table[at] >= 0) {
        at = (at + step) % TABLE_SIZE;
      }
      return at;
    }
  }

  /** Probes the table with derived hashes, and in the end tells whom it has not met, by name. */
  private final class Walk implements Iterator<T> {
    private final long hash;
    private final BitSet told = new BitSet(values.size());
    private final int probes = 64 + 4 * values.size();
    private int probe;
    private int left = values.size();

    Walk(long hash) {
      this.hash = hash;
    }

    @Override
    public boolean hasNext() {
      return left > 0;
    }

    @Override
    public T next() {
      if (left == 0) {
        throw new NoSuchElementException();
      }
      int node = nextUntold();
      told.set(node);
      left--;
      return values.get(node);
    }

    private int nextUntold() {
      while (probe < probes) {
        int node = entry(hash, probe++);
        if (!told.get(node)) {
          return node;
        }
      }
      return told.nextClearBit(0);
    }
  }
}
