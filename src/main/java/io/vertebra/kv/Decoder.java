package io.vertebra.kv;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/**
 * Reads what {@link Encoder} wrote. Whatever the bytes are, it ends, takes memory in proportion to
 * them, and throws nothing but {@link MalformedException}.
 */
final class Decoder {
  private final ByteBuffer buffer;

  /** Reads a view of {@code buffer}, whose position stays. */
  Decoder(ByteBuffer buffer) {
    this.buffer = buffer.slice();
  }

  int octet() {
    need(1);
    return buffer.get() & 0xff;
  }

  boolean flag() {
    int value = octet();
    if (value > 1) {
      throw new MalformedException(value + " is neither yes nor no");
    }
    return value == 1;
  }

  long number() {
    long value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      int octet = octet();
      value |= (long) (octet & 0x7f) << shift;
      if (octet < 0x80) {
        return value;
      }
    }
    throw new MalformedException("a number has more than ten bytes");
  }

  /** Eight bytes, the highest first. */
  long fixed() {
    need(8);
    return buffer.getLong();
  }

  /** A number from 0 to {@code most}. */
  long upTo(long most) {
    long value = number();
    if (value < 0 || value > most) {
      throw new MalformedException(value + " is not within 0 to " + most);
    }
    return value;
  }

  /** A number that is not negative. */
  long natural() {
    return upTo(Long.MAX_VALUE);
  }

  /** How many bytes or values follow, of which each takes a byte at least. */
  private int size() {
    long size = natural();
    if (size > buffer.remaining()) {
      throw new MalformedException("it ends before what it says to hold");
    }
    return (int) size;
  }

  byte[] array() {
    byte[] value = new byte[size()];
    buffer.get(value);
    return value;
  }

  Bytes bytes() {
    return Bytes.wrap(array());
  }

  /** A view of bytes with their number before them. */
  ByteBuffer view() {
    int size = size();
    ByteBuffer view = buffer.slice(buffer.position(), size);
    buffer.position(buffer.position() + size);
    return view;
  }

  String text() {
    return new String(array(), StandardCharsets.UTF_8);
  }

  KvEntry entry() {
    return new KvEntry(bytes(), bytes(), natural(), natural(), natural(), number());
  }

  /** Values with their number before them. */
  <T> List<T> list(Supplier<T> value) {
    int size = size();
    List<T> values = new ArrayList<>(Math.min(size, 1024));
    for (int i = 0; i < size; i++) {
      values.add(value.get());
    }
    return values;
  }

  /** One of the values, whose place was written. */
  <T> T one(List<T> values) {
    return values.get((int) upTo(values.size() - 1L));
  }

  void version(int expected, String what) {
    int version = octet();
    if (version != expected) {
      throw new MalformedException("version " + version + " of a " + what + " is not known");
    }
  }

  /** That all was read. */
  void end() {
    if (buffer.hasRemaining()) {
      throw new MalformedException(buffer.remaining() + " bytes after the end");
    }
  }

  private void need(int count) {
    if (buffer.remaining() < count) {
      throw new MalformedException("it ends too early");
    }
  }
}
