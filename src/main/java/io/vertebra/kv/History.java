package io.vertebra.kv;

import java.util.Arrays;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The versions of all keys in the order they were written, numbered from a base. One thread writes;
 * any may read without a lock what is published.
 */
final class History {
  private static final int SEGMENT = 4096;

  /** Versions from number {@code base} on, which is a multiple of the length of a segment. */
  private static final class Segments {
    final long base;
    final @Nullable Version[][] arrays;

    Segments(long base, @Nullable Version[][] arrays) {
      this.base = base;
      this.arrays = arrays;
    }

    @Nullable Version get(long index) {
      long segment = (index - base) / SEGMENT;
      return index < base || segment >= arrays.length
          ? null
          : arrays[(int) segment][(int) (index % SEGMENT)];
    }
  }

  private volatile Segments segments;
  private volatile long first;
  private volatile long end;
  private long next;

  /** Empty; the first version will have the number {@code base}. */
  History(long base) {
    segments = new Segments(base - base % SEGMENT, new Version[1][SEGMENT]);
    first = base;
    end = base;
    next = base;
  }

  void append(Version version) {
    Segments now = segments;
    int segment = (int) ((next - now.base) / SEGMENT);
    if (segment == now.arrays.length) {
      @Nullable Version[][] more = Arrays.copyOf(now.arrays, segment + 1);
      more[segment] = new Version[SEGMENT];
      now = new Segments(now.base, more);
      segments = now;
    }
    now.arrays[segment][(int) (next % SEGMENT)] = version;
    next++;
  }

  /** Shows what was appended to the readers. */
  void publish() {
    if (end != next) {
      end = next;
    }
  }

  /** The number of the oldest version kept. */
  long first() {
    return first;
  }

  /** The number after the newest version published. */
  long end() {
    return end;
  }

  /** A version by its number; null if it is not kept, or not yet published. */
  @Nullable Version get(long index) {
    return index >= end ? null : segments.get(index);
  }

  /** The number of the first version kept that was written at {@code revision} or later. */
  long indexOf(long revision) {
    long low = first;
    long high = end;
    while (low < high) {
      long middle = (low + high) >>> 1;
      Version version = get(middle);
      if (version == null || version.modRevision < revision) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  /** Drops versions up to a revision, the oldest first, {@code most} at a time. */
  void trim(long revision, int most, Consumer<Version> dropped) {
    Segments now = segments;
    long index = first;
    for (long stop = Math.min(end, index + most); index < stop; index++) {
      Version version = now.get(index);
      if (version == null || version.modRevision > revision) {
        break;
      }
      first = index + 1;
      now.arrays[(int) ((index - now.base) / SEGMENT)][(int) (index % SEGMENT)] = null;
      dropped.accept(version);
    }
    int whole = (int) ((index - now.base) / SEGMENT);
    int kept = now.arrays.length - whole;
    if (whole > 0 && kept > 0) {
      segments =
          new Segments(
              now.base + (long) whole * SEGMENT,
              Arrays.copyOfRange(now.arrays, whole, now.arrays.length));
    }
  }
}
