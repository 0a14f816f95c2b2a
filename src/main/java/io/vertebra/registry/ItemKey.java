package io.vertebra.registry;

import java.util.Comparator;

/** Names an instance or a check within the cluster. */
public record ItemKey(String node, String id) implements Comparable<ItemKey> {
  private static final Comparator<ItemKey> ORDER =
      Comparator.comparing(ItemKey::node).thenComparing(ItemKey::id);

  @Override
  public int compareTo(ItemKey other) {
    return ORDER.compare(this, other);
  }
}
