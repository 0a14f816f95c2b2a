package io.vertebra.kv;

import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Consumer;

/**
 * Who watches a key, found without asking those who do not: by the key itself, by its beginnings of
 * the lengths that somebody watches, and by asking each range that is neither.
 */
final class WatchIndex {
  private final Map<Bytes, Set<Cursor>> keys = new ConcurrentHashMap<>();
  private final Map<Integer, Map<Bytes, Set<Cursor>>> prefixes = new ConcurrentSkipListMap<>();
  private final Set<Cursor> ranges = ConcurrentHashMap.newKeySet();

  void add(Cursor cursor) {
    KeyRange range = cursor.range();
    if (range.isOne()) {
      add(keys, range.from(), cursor);
    } else if (isPrefix(range)) {
      prefixes.compute(
          range.from().length(),
          (length, sets) -> {
            Map<Bytes, Set<Cursor>> of = sets == null ? new ConcurrentHashMap<>() : sets;
            add(of, range.from(), cursor);
            return of;
          });
    } else {
      ranges.add(cursor);
    }
  }

  void remove(Cursor cursor) {
    KeyRange range = cursor.range();
    if (range.isOne()) {
      remove(keys, range.from(), cursor);
    } else if (isPrefix(range)) {
      prefixes.computeIfPresent(
          range.from().length(),
          (length, sets) -> {
            remove(sets, range.from(), cursor);
            return sets.isEmpty() ? null : sets;
          });
    } else {
      ranges.remove(cursor);
    }
  }

  /** Tells everybody who watches {@code key}. */
  void each(Bytes key, Consumer<Cursor> visitor) {
    keys.getOrDefault(key, Set.of()).forEach(visitor);
    for (Map.Entry<Integer, Map<Bytes, Set<Cursor>>> entry : prefixes.entrySet()) {
      if (entry.getKey() > key.length()) {
        break;
      }
      Bytes prefix = Bytes.wrap(Arrays.copyOf(key.unsafeArray(), entry.getKey()));
      entry.getValue().getOrDefault(prefix, Set.of()).forEach(visitor);
    }
    for (Cursor cursor : ranges) {
      if (cursor.range().contains(key)) {
        visitor.accept(cursor);
      }
    }
  }

  private static boolean isPrefix(KeyRange range) {
    return range.from().prefixEnd().equals(range.to());
  }

  private static void add(Map<Bytes, Set<Cursor>> sets, Bytes key, Cursor cursor) {
    sets.compute(
        key,
        (same, set) -> {
          Set<Cursor> of = set == null ? ConcurrentHashMap.newKeySet() : set;
          of.add(cursor);
          return of;
        });
  }

  private static void remove(Map<Bytes, Set<Cursor>> sets, Bytes key, Cursor cursor) {
    sets.computeIfPresent(
        key,
        (same, set) -> {
          set.remove(cursor);
          return set.isEmpty() ? null : set;
        });
  }
}
