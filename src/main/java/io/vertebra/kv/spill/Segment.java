package io.vertebra.kv.spill;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** One file of values. Its numbers are for the thread that writes. */
final class Segment {
  final int number;
  final Path file;

  /** Bytes written, which is where the next value goes. */
  int end;

  /** Bytes of values that are needed. */
  int live;

  /** The first of the values that are needed, in no order; null for none. */
  @Nullable StoredValue first;

  /** Whether it is waiting to be rewritten. */
  boolean rewriting;

  Segment(int number, Path file) {
    this.number = number;
    this.file = file;
  }

  int dead() {
    return end - live;
  }

  void add(StoredValue value, int bytes) {
    value.next = first;
    value.before = null;
    if (first != null) {
      first.before = value;
    }
    first = value;
    live += bytes;
  }

  void remove(StoredValue value, int bytes) {
    StoredValue next = value.next;
    StoredValue before = value.before;
    if (next != null) {
      next.before = before;
    }
    if (before == null) {
      first = next;
    } else {
      before.next = next;
    }
    live -= bytes;
  }
}
