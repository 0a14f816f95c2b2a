package io.vertebra.kv.spill;

import org.jspecify.annotations.Nullable;

/**
 * A value in a file. It can be moved from one segment to another while it is read. Any thread
 * reads; the neighbours and the count of uses are for the thread that writes.
 */
public final class StoredValue implements Held {
  /** Heap bytes of one: the header, a place, two numbers and three references. */
  public static final int HEAP_BYTES = 40;

  private final ValueFiles files;
  private final int length;

  /** How many hold it. */
  int uses = 1;

  /** Neighbours within the segment. */
  @Nullable StoredValue before;

  @Nullable StoredValue next;

  /** The number of the segment in the upper half, where it is in that in the lower. */
  private volatile long place;

  StoredValue(ValueFiles files, int length, int segment, int offset) {
    this.files = files;
    this.length = length;
    moveTo(segment, offset);
  }

  @Override
  public int length() {
    return length;
  }

  int segment() {
    return (int) (place >>> 32);
  }

  void moveTo(int segment, int offset) {
    place = (long) segment << 32 | offset;
  }

  @Override
  public byte[] array() {
    while (true) {
      long at = place;
      byte[] found = files.read((int) (at >>> 32), (int) at, length);
      if (found != null) {
        return found;
      }
      if (place == at) {
        throw new ValueGoneException();
      }
    }
  }
}
