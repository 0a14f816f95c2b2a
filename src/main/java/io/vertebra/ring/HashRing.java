package io.vertebra.ring;

import java.util.Arrays;
import java.util.BitSet;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;

/**
 * The ring: each node has many points on a circle, and a key belongs to the next point.
 *
 * <p>A node has 160 points per unit of weight; shares are then within about 8 % (one standard
 * deviation) of a weight of 1, less for heavier nodes. To bound memory and building time there are
 * at most 262,144 points (2 MiB, built in tens of milliseconds): beyond that all nodes have half as
 * many, or a quarter, and so on, but at least 1. Only the leaver's keys move unless leaving crosses
 * such a step; hence steps, and no division of weights by a common divisor, which would change with
 * any node. Lookup is a binary search.
 *
 * <p>Source: Karger et al., "Consistent Hashing and Random Trees", STOC'97; the 160 points are
 * those of libketama.
 */
public final class HashRing<T> implements ConsistentHash<T> {
  static final int POINTS_PER_WEIGHT = 160;
  static final int MAX_POINTS = 262_144;

  /** The low bits of a point say whose it is, the others where it lies. */
  private static final long OWNER_MASK = 0xffff;

  private final long[] points;
  private final List<T> values;

  private HashRing(long[] points, List<T> values) {
    this.points = points;
    this.values = values;
  }

  /** A ring of 1 to 1000 nodes. */
  public static <T> HashRing<T> of(List<Node<T>> nodes) {
    List<Node<T>> sorted = Node.sorted(nodes);
    int[] counts = pointCounts(sorted.stream().mapToInt(Node::weight).toArray());
    long[] points = new long[Arrays.stream(counts).sum()];
    int filled = 0;
    for (int owner = 0; owner < counts.length; owner++) {
      long name = Hashing.of(sorted.get(owner).name());
      for (int i = 0; i < counts[owner]; i++) {
        points[filled++] = (Hashing.derived(name, i) & ~OWNER_MASK) | owner;
      }
    }
    Arrays.sort(points);
    return new HashRing<>(points, sorted.stream().map(Node::value).toList());
  }

  /** How many points each weight gets. */
  static int[] pointCounts(int[] weights) {
    int perUnit = POINTS_PER_WEIGHT;
    while (perUnit > 1 && (long) perUnit * Arrays.stream(weights).sum() > MAX_POINTS) {
      perUnit /= 2;
    }
    int points = perUnit;
    return Arrays.stream(weights).map(weight -> weight * points).toArray();
  }

  @Override
  public T owner(long hash) {
    return values.get(ownerOf(firstPoint(hash)));
  }

  @Override
  public Iterator<T> walk(long hash) {
    return new Walk(firstPoint(hash));
  }

  private int firstPoint(long hash) {
    int found = Arrays.binarySearch(points, Hashing.mix(hash) & ~OWNER_MASK);
    int next = found >= 0 ? found : -found - 1;
    return next == points.length ? 0 : next;
  }

  private int ownerOf(int point) {
    return (int) (points[point] & OWNER_MASK);
  }

  /** Goes round the circle once and tells each owner at its first point. */
  private final class Walk implements Iterator<T> {
    private final BitSet told = new BitSet(values.size());
    private int left = values.size();
    private int point;

    Walk(int point) {
      this.point = point;
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
      while (told.get(ownerOf(point))) {
        point = point + 1 == points.length ? 0 : point + 1;
      }
      int owner = ownerOf(point);
      told.set(owner);
      left--;
      return values.get(owner);
    }
  }
}
