package io.vertebra.kv;

import io.vertebra.kv.spill.Held;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/** Some bytes that never change, ordered as unsigned numbers are. */
public final class Bytes implements Comparable<Bytes>, Held {
  public static final Bytes EMPTY = new Bytes(new byte[0]);

  private final byte[] array;

  private Bytes(byte[] array) {
    this.array = array;
  }

  /** A copy of {@code array}. */
  public static Bytes of(byte[] array) {
    return array.length == 0 ? EMPTY : new Bytes(array.clone());
  }

  /** Around {@code array} itself, which nobody may change any more. */
  public static Bytes wrap(byte[] array) {
    return array.length == 0 ? EMPTY : new Bytes(array);
  }

  public static Bytes utf8(String text) {
    return wrap(text.getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public int length() {
    return array.length;
  }

  public boolean isEmpty() {
    return array.length == 0;
  }

  /** A copy of the bytes. */
  public byte[] toArray() {
    return array.clone();
  }

  /** The bytes themselves, which must not be changed. */
  public byte[] unsafeArray() {
    return array;
  }

  /** The bytes themselves, which must not be changed. */
  @Override
  public byte[] array() {
    return array;
  }

  /** The text that these bytes are in UTF-8; empty if they are none. */
  public Optional<String> asText() {
    try {
      return Optional.of(
          StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(array)).toString());
    } catch (CharacterCodingException e) {
      return Optional.empty();
    }
  }

  public boolean startsWith(Bytes prefix) {
    int length = prefix.array.length;
    return length <= array.length && Arrays.equals(array, 0, length, prefix.array, 0, length);
  }

  /** These and then others. */
  public Bytes plus(Bytes others) {
    byte[] all = Arrays.copyOf(array, array.length + others.array.length);
    System.arraycopy(others.array, 0, all, array.length, others.array.length);
    return new Bytes(all);
  }

  /** The least bytes after these: these and a zero. */
  public Bytes successor() {
    return new Bytes(Arrays.copyOf(array, array.length + 1));
  }

  /** The least bytes after all that begin with these; empty if there are none. */
  public Bytes prefixEnd() {
    for (int i = array.length - 1; i >= 0; i--) {
      if (array[i] != (byte) 0xff) {
        byte[] end = Arrays.copyOf(array, i + 1);
        end[i]++;
        return new Bytes(end);
      }
    }
    return EMPTY;
  }

  @Override
  public int compareTo(Bytes other) {
    return Arrays.compareUnsigned(array, other.array);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Bytes bytes && Arrays.equals(array, bytes.array);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(array);
  }

  /** The text if it is one, otherwise hexadecimal digits; for people. */
  @Override
  public String toString() {
    return asText().orElseGet(() -> "0x" + java.util.HexFormat.of().formatHex(array));
  }
}
