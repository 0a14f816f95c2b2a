package io.vertebra.kv.spill;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Set;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * The values of one state, which all go with it. One thread writes at a time; any may read.
 *
 * <p>A value in a file is the CRC-32C of its bytes (4 bytes), then its bytes.
 *
 * <p>Source: M. Rosenblum and J. Ousterhout, "The Design and Implementation of a Log-Structured
 * File System", 1991, section 3.
 */
public final class ValueFiles {
  private static final int CHECKSUM_BYTES = 4;

  /** A part of a segment after which one that is dead as a whole is deleted before it is full. */
  private static final int WORTH_DELETING = 4;

  private final ValueFolder folder;
  private final int segmentBytes;
  private final Set<Segment> segments = new HashSet<>();

  /** Full segments of which less than half is needed. */
  private final Deque<Segment> rewriting = new ArrayDeque<>();

  private @Nullable Segment tail;
  private long written;

  ValueFiles(ValueFolder folder, int segmentBytes) {
    this.folder = folder;
    this.segmentBytes = segmentBytes;
  }

  /** Writes a value, which is held once from then on. */
  public StoredValue write(byte[] bytes) {
    int size = CHECKSUM_BYTES + bytes.length;
    Segment to = append(bytes);
    StoredValue value = new StoredValue(this, bytes.length, to.number, to.end - size);
    to.add(value, size);
    folder.count(size, 0);
    return value;
  }

  /** One more holds it. */
  public void retain(StoredValue value) {
    value.uses++;
  }

  /** One less holds it; the last lets go of it, and then it is not to be had any more. */
  public void release(StoredValue value) {
    value.uses--;
    Segment segment = folder.segment(value.segment());
    if (value.uses > 0 || segment == null) {
      return;
    }
    int size = CHECKSUM_BYTES + value.length();
    segment.remove(value, size);
    folder.count(-size, size);
    boolean full = segment != tail;
    if (segment.live == 0 && (full || segment.end >= segmentBytes / WORTH_DELETING)) {
      delete(segment);
    } else if (full) {
      rewriteIfWorthwhile(segment);
    }
  }

  /**
   * Goes on rewriting segments that are mostly dead, as long as that writes no more than was
   * written since the last time, and some.
   *
   * @param some bytes
   * @return whether there is more to rewrite
   */
  public boolean tidy(int some) {
    long budget = written + some;
    while (budget > 0 && !rewriting.isEmpty()) {
      Segment from = rewriting.element();
      StoredValue value = from.first;
      if (value == null) {
        rewriting.remove();
        delete(from);
      } else {
        move(value, from);
        budget -= value.length();
      }
    }
    written = 0;
    return !rewriting.isEmpty();
  }

  /** Lets go of all; who still reads finds it gone. */
  public void retire() {
    segments.forEach(folder::delete);
    segments.clear();
    rewriting.clear();
    tail = null;
  }

  /** The bytes at a place; null if the segment is gone. */
  byte @Nullable [] read(int number, int offset, int length) {
    Segment segment = folder.segment(number);
    if (segment == null) {
      return null;
    }
    ByteBuffer found = ByteBuffer.allocate(CHECKSUM_BYTES + length);
    try {
      folder.open().read(segment, found, offset);
    } catch (IOException e) {
      if (folder.segment(number) == null) {
        return null;
      }
      throw folder.failed("cannot be read", segment, e);
    }
    byte[] bytes = new byte[length];
    found.flip().position(CHECKSUM_BYTES).get(bytes);
    if (found.getInt(0) != checksum(bytes)) {
      IOException damage = new IOException("the checksum at byte " + offset + " is another");
      throw folder.failed("is damaged", segment, damage);
    }
    return bytes;
  }

  private void move(StoredValue value, Segment from) {
    int size = CHECKSUM_BYTES + value.length();
    byte[] bytes = value.array();
    Segment to = append(bytes);
    from.remove(value, size);
    value.moveTo(to.number, to.end - size);
    to.add(value, size);
    folder.count(0, size);
  }

  private Segment append(byte[] bytes) {
    Segment to = tail;
    try {
      if (to == null || to.end >= segmentBytes) {
        to = roll();
      }
      ByteBuffer record = ByteBuffer.allocate(CHECKSUM_BYTES + bytes.length);
      record.putInt(checksum(bytes)).put(bytes).flip();
      folder.open().write(to, record, to.end);
      to.end += record.capacity();
      written += record.capacity();
      return to;
    } catch (IOException e) {
      throw folder.failed("values cannot be written: " + e.getMessage(), e);
    }
  }

  private Segment roll() throws IOException {
    Segment full = tail;
    Segment next = folder.create();
    segments.add(next);
    tail = next;
    if (full != null) {
      rewriteIfWorthwhile(full);
    }
    return next;
  }

  private void rewriteIfWorthwhile(Segment segment) {
    if (!segment.rewriting && segment.live < segment.end / 2) {
      segment.rewriting = true;
      rewriting.add(segment);
    }
  }

  private void delete(Segment segment) {
    if (segment.rewriting) {
      rewriting.remove(segment);
    }
    segments.remove(segment);
    if (segment == tail) {
      tail = null;
    }
    folder.delete(segment);
  }

  private static int checksum(byte[] bytes) {
    CRC32C checksum = new CRC32C();
    checksum.update(bytes);
    return (int) checksum.getValue();
  }
}
