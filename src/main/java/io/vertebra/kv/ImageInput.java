package io.vertebra.kv;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.zip.CRC32C;

/** Reads an image piece by piece; whatever it holds, a length in it takes no more than it has. */
final class ImageInput {
  private static final int CHUNK = 64 << 10;

  private final InputStream in;
  private final CRC32C checksum = new CRC32C();
  private final byte[] chunk = new byte[CHUNK];
  private int unchecked;
  private int position;
  private int limit;
  private long before;

  ImageInput(InputStream in) {
    this.in = in;
  }

  /** How many bytes were read. */
  long count() {
    return before + position;
  }

  int octet() throws IOException {
    if (position == limit && !fill()) {
      throw ended();
    }
    return chunk[position++] & 0xff;
  }

  long number() throws IOException {
    long value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      int octet = octet();
      value |= (long) (octet & 0x7f) << shift;
      if (octet < 0x80) {
        return value;
      }
    }
    throw damaged("a number has more than ten bytes");
  }

  /** A number from 0 to {@code most}. */
  long upTo(long most) throws IOException {
    long value = number();
    if (value < 0 || value > most) {
      throw damaged(value + " is not within 0 to " + most);
    }
    return value;
  }

  long natural() throws IOException {
    return upTo(Long.MAX_VALUE);
  }

  /** Eight bytes, the highest first. */
  long fixed() throws IOException {
    long value = 0;
    for (int i = 0; i < 8; i++) {
      value = value << 8 | octet();
    }
    return value;
  }

  byte[] bytes() throws IOException {
    int length = (int) upTo(Integer.MAX_VALUE - 8);
    byte[] value = new byte[Math.min(length, CHUNK)];
    int filled = 0;
    while (filled < length) {
      if (filled == value.length) {
        value = Arrays.copyOf(value, (int) Math.min(length, value.length * 2L));
      }
      if (position == limit && !fill()) {
        throw ended();
      }
      int taken = Math.min(value.length - filled, limit - position);
      System.arraycopy(chunk, position, value, filled, taken);
      position += taken;
      filled += taken;
    }
    return value;
  }

  /** Reads the checksum of all that was read before, and that nothing follows. */
  void end() throws IOException {
    digest();
    int found = (int) checksum.getValue();
    int expected = 0;
    for (int i = 0; i < 4; i++) {
      expected = expected << 8 | octet();
    }
    if (found != expected) {
      throw damaged("its checksum is not that of its bytes");
    }
    if (position < limit || fill()) {
      throw damaged("there are bytes after its end");
    }
  }

  IOException damaged(String how) {
    return new IOException("the image is damaged near byte " + count() + ": " + how);
  }

  private IOException ended() {
    return new EOFException("the image is damaged: it ends after " + count() + " bytes");
  }

  private void digest() {
    checksum.update(chunk, unchecked, position - unchecked);
    unchecked = position;
  }

  private boolean fill() throws IOException {
    digest();
    before += position;
    position = 0;
    unchecked = 0;
    limit = Math.max(0, in.read(chunk));
    return limit > 0;
  }
}
