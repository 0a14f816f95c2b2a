package io.vertebra.etcd;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;

/**
 * Cuts a stream of bytes into JSON objects that follow each other, each as soon as it is whole.
 * What is no object is one piece with all that comes after it.
 */
final class JsonSplitter {
  private final int longest;
  private final ByteArrayOutputStream piece = new ByteArrayOutputStream();
  private int depth;
  private boolean inText;
  private boolean escaped;
  private boolean broken;

  /**
   * Cuts pieces.
   *
   * @param longest most bytes of a piece
   */
  JsonSplitter(int longest) {
    this.longest = longest;
  }

  /** The pieces that end within {@code bytes}; fails if one is too long. */
  List<byte[]> feed(byte[] bytes) {
    List<byte[]> whole = new ArrayList<>();
    for (byte each : bytes) {
      if (piece.size() == 0 && (each == ' ' || each == '\n' || each == '\r' || each == '\t')) {
        continue;
      }
      if (piece.size() == longest) {
        throw EtcdException.tooLarge();
      }
      piece.write(each);
      if (endsWith(each)) {
        whole.add(rest());
      }
    }
    if (broken && piece.size() > 0) {
      whole.add(rest());
    }
    return whole;
  }

  /** What is left over, which is no whole object. */
  byte[] rest() {
    byte[] bytes = piece.toByteArray();
    piece.reset();
    return bytes;
  }

  private boolean endsWith(byte each) {
    if (broken) {
      return false;
    }
    if (inText) {
      inText = escaped || each != '"';
      escaped = !escaped && each == '\\';
      return false;
    }
    switch (each) {
      case '"' -> inText = true;
      case '{', '[' -> depth++;
      case '}', ']' -> depth--;
      default -> {}
    }
    broken = depth <= 0 && each != '}';
    return depth == 0 && !broken;
  }
}
