package io.vertebra.kv;

import java.io.InputStream;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;
import java.util.stream.Stream;
import java.util.zip.CRC32C;

/**
 * The bytes of an image, made as they are read: its parts one after another, and the CRC-32C of all
 * that (4 bytes). Entries are in the order of their keys, and end with how many they are (8 bytes).
 */
final class ImageStream extends InputStream {
  /** Before an entry, and after the last one. */
  static final int ENTRY = 1;

  static final int END = 0;

  private static final int CHUNK = 64 << 10;

  private final Iterator<Part> parts;
  private final CRC32C checksum = new CRC32C();
  private final Encoder chunk = new Encoder(CHUNK + (CHUNK >> 3));
  private int position;
  private boolean ended;

  /** Something that is written into an image. */
  interface Part {
    void write(Encoder out);
  }

  ImageStream(Iterator<Part> parts) {
    this.parts = parts;
  }

  /** How many rows there are, then the rows. */
  static <T> Stream<Part> table(List<T> rows, BiConsumer<Encoder, T> write) {
    Stream<Part> size = Stream.of(out -> out.number(rows.size()));
    return Stream.concat(size, rows.stream().map(row -> out -> write.accept(out, row)));
  }

  /** Entries, each with a mark before it, and how many there were. */
  static Stream<Part> entries(Stream<Version> entries) {
    AtomicLong count = new AtomicLong();
    Stream<Part> rows = entries.map(version -> out -> write(out, version, count));
    Part end =
        out -> {
          out.octet(END);
          out.fixed(count.get());
        };
    return Stream.concat(rows, Stream.of(end));
  }

  private static void write(Encoder out, Version version, AtomicLong count) {
    out.octet(ENTRY);
    out.entry(version.entry());
    count.incrementAndGet();
  }

  @Override
  public int read() {
    if (position == chunk.length() && !fill()) {
      return -1;
    }
    return chunk.octetAt(position++);
  }

  @Override
  public int read(byte[] target, int offset, int length) {
    Objects.checkFromIndexSize(offset, length, target.length);
    if (length == 0) {
      return 0;
    }
    if (position == chunk.length() && !fill()) {
      return -1;
    }
    int taken = Math.min(length, chunk.length() - position);
    chunk.copyTo(position, target, offset, taken);
    position += taken;
    return taken;
  }

  private boolean fill() {
    chunk.clear();
    position = 0;
    while (chunk.length() < CHUNK && !ended) {
      if (parts.hasNext()) {
        parts.next().write(chunk);
      } else {
        ended = true;
        chunk.update(checksum);
        chunk.fixedInt((int) checksum.getValue());
        return true;
      }
    }
    chunk.update(checksum);
    return chunk.length() > 0;
  }
}
