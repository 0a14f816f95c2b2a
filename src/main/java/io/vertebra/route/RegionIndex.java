package io.vertebra.route;

import java.util.List;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/** A sorted map whose keys are looked up as part of a longer text, without cutting it out. */
final class RegionIndex<V> {
  private final List<String> keys;
  private final List<V> values;
  private final int longest;

  RegionIndex(SortedMap<String, V> entries) {
    this.keys = List.copyOf(entries.keySet());
    this.values = List.copyOf(entries.values());
    this.longest = keys.stream().mapToInt(String::length).max().orElse(-1);
  }

  /** The value of the key that stands in {@code text} from {@code from} to before {@code to}. */
  @Nullable V find(String text, int from, int to) {
    if (to - from > longest) {
      return null;
    }
    int low = 0;
    int high = keys.size() - 1;
    while (low <= high) {
      int middle = (low + high) >>> 1;
      int order = compare(keys.get(middle), text, from, to);
      if (order == 0) {
        return values.get(middle);
      }
      if (order < 0) {
        low = middle + 1;
      } else {
        high = middle - 1;
      }
    }
    return null;
  }

  private static int compare(String key, String text, int from, int to) {
    int common = Math.min(key.length(), to - from);
    for (int i = 0; i < common; i++) {
      int order = key.charAt(i) - text.charAt(from + i);
      if (order != 0) {
        return order;
      }
    }
    return key.length() - (to - from);
  }
}
