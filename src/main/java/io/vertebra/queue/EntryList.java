package io.vertebra.queue;

import java.util.Arrays;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Messages in the order of their ids, found by binary search. Those that are removed stay until
 * half of the places are theirs, then all are taken out at once.
 */
final class EntryList {
  private static final int SLACK = 1_024;

  private @Nullable Entry[] places = new Entry[16];
  private int head;
  private int length;
  private int removed;

  /** Adds one that is mostly, but need not be, the last. */
  void add(Entry entry) {
    if (length == places.length) {
      places = Arrays.copyOf(places, length + (length >> 1));
    }
    int place = length;
    while (place > head && at(place - 1).id > entry.id) {
      places[place] = places[place - 1];
      place--;
    }
    places[place] = entry;
    length++;
  }

  /** The one of an id, unless it is removed for certain. */
  Optional<Entry> known(long id) {
    int place = ceiling(id);
    return place < length && at(place).id == id && !at(place).removed
        ? Optional.of(at(place))
        : Optional.empty();
  }

  /** Takes one out. */
  void remove(Entry entry) {
    entry.removed = true;
    removed++;
    while (head < length && at(head).removed) {
      head++;
    }
    if (removed > SLACK && removed > length / 2) {
      compact();
    }
  }

  int size() {
    return length - removed;
  }

  /** The first from an id on that is not gone and fits. */
  Optional<Entry> first(long from, Predicate<Entry> fits) {
    for (int place = ceiling(from); place < length; place++) {
      Entry entry = at(place);
      if (!entry.gone && fits.test(entry)) {
        return Optional.of(entry);
      }
    }
    return Optional.empty();
  }

  private void compact() {
    int kept = 0;
    for (int place = head; place < length; place++) {
      if (!at(place).removed) {
        places[kept++] = places[place];
      }
    }
    places = Arrays.copyOf(places, Math.max(16, kept + (kept >> 2)));
    Arrays.fill(places, kept, places.length, null);
    head = 0;
    length = kept;
    removed = 0;
  }

  /** The place of the first with this id or a greater one. */
  private int ceiling(long id) {
    int low = head;
    int high = length;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (at(middle).id < id) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  @SuppressWarnings("NullAway")
  private Entry at(int place) {
    return places[place];
  }
}
