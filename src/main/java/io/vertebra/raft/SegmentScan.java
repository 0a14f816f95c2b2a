package io.vertebra.raft;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.zip.CRC32C;

/**
 * What one file of the log holds: a header, then entries one after the other, each with its length
 * before it and a CRC 32C behind it, then zeros. Ratis takes an entry whose length leads beyond the
 * end of the file for one that was never written whole, and drops it and all that follow; this scan
 * looks whether any follow.
 *
 * @param lastIndex of the last good entry; one less than the first if there is none
 * @param goodBytes from the start of the file to the end of the last good entry
 * @param clean whether nothing but zeros follows
 * @param followed whether good entries follow what is damaged
 */
record SegmentScan(long lastIndex, long goodBytes, boolean clean, boolean followed) {
  private static final byte[] HEADER = "RaftLog1".getBytes(StandardCharsets.UTF_8);
  private static final int CHECKSUM_BYTES = 4;
  private static final int MAX_ENTRY_BYTES = 8 << 20;
  private static final int TERM_TAG = 0x08;
  private static final int INDEX_TAG = 0x10;
  private static final long NO_ENTRY = -1;

  /** How far ahead of the damage an entry's index may be to be taken for one. */
  private static final long PLAUSIBLE_GAP = 1_000_000;

  /**
   * @param firstIndex of the file's first entry, as its name says
   * @param keepUpTo entries of greater index are left out, as if they were not there
   */
  static SegmentScan of(Path file, long firstIndex, long keepUpTo) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      return scan(
          channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size()), firstIndex, keepUpTo);
    }
  }

  private static SegmentScan scan(ByteBuffer bytes, long firstIndex, long keepUpTo) {
    for (int i = 0; i < HEADER.length; i++) {
      if (i >= bytes.limit() || bytes.get(i) != HEADER[i]) {
        return end(bytes, firstIndex - 1, 0, i);
      }
    }
    long last = firstIndex - 1;
    int position = HEADER.length;
    while (last < keepUpTo && position < bytes.limit() && bytes.get(position) != 0) {
      if (entryAt(bytes, position) != last + 1) {
        return end(bytes, last, position, position);
      }
      position += frameBytes(bytes, position);
      last++;
    }
    return last >= keepUpTo && position < bytes.limit()
        ? new SegmentScan(last, position, false, false)
        : end(bytes, last, position, position);
  }

  private static SegmentScan end(ByteBuffer bytes, long last, int good, int from) {
    for (int i = from; i < bytes.limit(); i++) {
      if (bytes.get(i) != 0) {
        return new SegmentScan(last, good, false, followed(bytes, good, last));
      }
    }
    return new SegmentScan(last, good, true, false);
  }

  private static boolean followed(ByteBuffer bytes, int from, long last) {
    for (int i = from; i < bytes.limit(); i++) {
      if (bytes.get(i) != 0) {
        long index = entryAt(bytes, i);
        if (index > last && index <= last + PLAUSIBLE_GAP) {
          return true;
        }
      }
    }
    return false;
  }

  /** The index of the entry at {@code position}, or {@value #NO_ENTRY} if there is no good one. */
  private static long entryAt(ByteBuffer bytes, int position) {
    int frame = frameBytes(bytes, position);
    if (frame == 0) {
      return NO_ENTRY;
    }
    ByteBuffer entry = bytes.slice(position, frame - CHECKSUM_BYTES);
    if (varint(entry) < 0
        || !entry.hasRemaining()
        || entry.get() != TERM_TAG
        || varint(entry) <= 0) {
      return NO_ENTRY;
    }
    // Protocol Buffers leave out what is 0.
    boolean indexed = entry.hasRemaining() && entry.get(entry.position()) == INDEX_TAG;
    long index = indexed ? varint(entry.position(entry.position() + 1)) : 0;
    CRC32C checksum = new CRC32C();
    checksum.update(bytes.slice(position, frame - CHECKSUM_BYTES));
    return bytes.getInt(position + frame - CHECKSUM_BYTES) == (int) checksum.getValue()
        ? index
        : NO_ENTRY;
  }

  /** Length, entry and checksum together; 0 if that cannot be. */
  private static int frameBytes(ByteBuffer bytes, int position) {
    ByteBuffer at = bytes.duplicate().position(position);
    long length = varint(at);
    if (length <= 0 || length > MAX_ENTRY_BYTES) {
      return 0;
    }
    long frame = at.position() - position + length + CHECKSUM_BYTES;
    return frame <= bytes.limit() - position ? (int) frame : 0;
  }

  /** A number of Protocol Buffers; negative if there is none. */
  private static long varint(ByteBuffer bytes) {
    long number = 0;
    for (int shift = 0; shift < 63 && bytes.hasRemaining(); shift += 7) {
      byte next = bytes.get();
      number |= (long) (next & 0x7f) << shift;
      if (next >= 0) {
        return number;
      }
    }
    return -1;
  }
}
