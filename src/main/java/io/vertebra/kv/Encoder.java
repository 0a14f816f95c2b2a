package io.vertebra.kv;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.Checksum;

/**
 * Writes numbers and bytes one after another into an array that grows.
 *
 * <p>Source: numbers are base 128 varints as in Protocol Buffers; negative ones take ten bytes.
 */
final class Encoder {
  private byte[] array;
  private int length;

  Encoder(int expected) {
    array = new byte[Math.max(expected, 16)];
  }

  int length() {
    return length;
  }

  byte[] toArray() {
    return Arrays.copyOf(array, length);
  }

  int octetAt(int index) {
    return array[index] & 0xff;
  }

  /** Copies a part of what is written. */
  void copyTo(int from, byte[] target, int offset, int count) {
    System.arraycopy(array, from, target, offset, count);
  }

  void update(Checksum checksum) {
    checksum.update(array, 0, length);
  }

  /** Begins anew, in the same array. */
  void clear() {
    length = 0;
  }

  void octet(int value) {
    reserve(1);
    array[length++] = (byte) value;
  }

  void flag(boolean value) {
    octet(value ? 1 : 0);
  }

  void number(long value) {
    reserve(10);
    long rest = value;
    while ((rest & ~0x7fL) != 0) {
      array[length++] = (byte) (rest | 0x80);
      rest >>>= 7;
    }
    array[length++] = (byte) rest;
  }

  /** Eight bytes, the highest first. */
  void fixed(long value) {
    reserve(8);
    for (int shift = 56; shift >= 0; shift -= 8) {
      array[length++] = (byte) (value >>> shift);
    }
  }

  /** Four bytes, the highest first. */
  void fixedInt(int value) {
    reserve(4);
    for (int shift = 24; shift >= 0; shift -= 8) {
      array[length++] = (byte) (value >>> shift);
    }
  }

  /** How many bytes, then the bytes. */
  void bytes(byte[] value) {
    number(value.length);
    raw(value);
  }

  void bytes(Bytes value) {
    bytes(value.unsafeArray());
  }

  void text(String value) {
    bytes(value.getBytes(StandardCharsets.UTF_8));
  }

  /** The bytes alone. */
  void raw(byte[] value) {
    reserve(value.length);
    System.arraycopy(value, 0, array, length, value.length);
    length += value.length;
  }

  void entry(KvEntry entry) {
    bytes(entry.key());
    bytes(entry.value());
    number(entry.createRevision());
    number(entry.modRevision());
    number(entry.version());
    number(entry.lease());
  }

  private void reserve(int more) {
    if (more > array.length - length) {
      array = Arrays.copyOf(array, Math.max(Math.addExact(length, more), array.length * 2));
    }
  }
}
