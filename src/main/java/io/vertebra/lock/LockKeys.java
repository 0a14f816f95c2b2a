package io.vertebra.lock;

import io.vertebra.kv.Bytes;
import io.vertebra.kv.Compare;
import io.vertebra.kv.KeyRange;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/**
 * Where in the store the parts of a lock are. All keys of a name are neighbours:
 *
 * <ul>
 *   <li>{@code x}: the one who holds it exclusively;
 *   <li>{@code o} and an owner: one who shares it or has permits;
 *   <li>{@code s} or {@code p} and the token: a mark beside such an owner's key, so that those that
 *       came after some revision are found without a look at those before;
 *   <li>{@code w} and the number of a place: one who waits.
 * </ul>
 *
 * <p>Removed keys are passed over by every read of a range until the store forgets them, so no
 * condition of a transaction may begin before those that are known to be gone.
 */
final class LockKeys {
  static final KeyRange ALL = KeyRange.prefix(Bytes.utf8("\0lock/"));

  private static final String ROOT = "\0lock/";

  private LockKeys() {}

  /** What a key is of. */
  enum Part {
    EXCLUSIVE('x'),
    OWNER('o'),
    SHARED('s'),
    PERMITS('p'),
    WAITER('w');

    final char letter;

    Part(char letter) {
      this.letter = letter;
    }

    static Part of(char letter) {
      for (Part part : values()) {
        if (part.letter == letter) {
          return part;
        }
      }
      throw new IllegalStateException("a key of no part of a lock: " + letter);
    }
  }

  /**
   * A key taken apart.
   *
   * @param rest the owner or the number, as the part has it
   */
  record Parsed(String name, Part part, String rest) {

    long number() {
      return Long.parseUnsignedLong(rest, 16);
    }
  }

  static Parsed parse(Bytes key) {
    String text = new String(key.unsafeArray(), StandardCharsets.UTF_8);
    int end = text.indexOf('\0', ROOT.length());
    return new Parsed(
        text.substring(ROOT.length(), end), Part.of(text.charAt(end + 1)), text.substring(end + 2));
  }

  /** Everything of a name. */
  static KeyRange of(String name) {
    return KeyRange.prefix(Bytes.utf8(ROOT + name + "\0"));
  }

  /** Everything of the names that begin so. */
  static KeyRange below(String prefix) {
    return KeyRange.prefix(Bytes.utf8(ROOT + prefix));
  }

  /** The first key after all those of a name that tell of holders. */
  static Bytes afterHolders(String name) {
    return prefix(name, Part.SHARED);
  }

  /** The first key after all of a name. */
  static Bytes after(String name) {
    return Bytes.utf8(ROOT + name + "\1");
  }

  static Bytes exclusive(String name) {
    return prefix(name, Part.EXCLUSIVE);
  }

  static Bytes owner(String name, String owner) {
    return Bytes.utf8(ROOT + name + "\0" + Part.OWNER.letter + owner);
  }

  /** Of the key that holders of a mode have. */
  static Bytes holder(String name, String owner, LockMode mode) {
    return mode == LockMode.EXCLUSIVE ? exclusive(name) : owner(name, owner);
  }

  static Part mark(LockMode mode) {
    return switch (mode) {
      case SHARED -> Part.SHARED;
      case PERMITS -> Part.PERMITS;
      case EXCLUSIVE -> throw new IllegalStateException("who holds exclusively has no mark");
    };
  }

  static Bytes prefix(String name, Part part) {
    return Bytes.utf8(ROOT + name + "\0" + part.letter);
  }

  static Bytes numbered(String name, Part part, long number) {
    return Bytes.utf8(ROOT + name + "\0" + part.letter + HexFormat.of().toHexDigits(number));
  }

  /** That no numbered key is there, from a number on. */
  static Compare none(String name, Part part, long from) {
    return none(new KeyRange(numbered(name, part, from), prefix(name, part).prefixEnd()));
  }

  /** That no numbered key is there from a number on, but for one that may be. */
  static Compare noneBefore(String name, Part part, long from, long except) {
    return none(new KeyRange(numbered(name, part, from), numbered(name, part, except)));
  }

  private static Compare none(KeyRange range) {
    return new Compare(range, Compare.Target.VERSION, Compare.Relation.EQUAL, 0, Bytes.EMPTY);
  }
}
