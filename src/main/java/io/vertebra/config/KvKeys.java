package io.vertebra.config;

import io.vertebra.kv.Bytes;
import io.vertebra.kv.KeyRange;
import io.vertebra.kv.KvEntry;
import java.util.HexFormat;

/**
 * The keys of the kv store that hold configuration: {@code n/} names the namespaces, {@code l/} is
 * what holds now, {@code h/} what held once. A part begins with a letter that says what it is.
 */
final class KvKeys {
  static final String NAMES = "\0config/n/";
  private static final String LIVE = "\0config/l/";
  private static final String HISTORY = "\0config/h/";
  static final KeyRange ALL_LIVE = KeyRange.prefix(Bytes.utf8(LIVE));

  static final char HEAD = 'h';
  static final char ENTRY = 'k';
  static final char GRAY = 'g';
  static final char GRAY_CHANGE = 'o';
  static final char RULE = 'r';

  private KvKeys() {}

  /**
   * A part of what a namespace is now.
   *
   * @param kind one of the letters here
   */
  record Part(String namespace, char kind, String name) {
    /** What is before the zero of a name of two parts. */
    String first() {
      return name.substring(0, name.indexOf('\0'));
    }

    String second() {
      return name.substring(name.indexOf('\0') + 1);
    }
  }

  static Bytes name(String namespace) {
    return Bytes.utf8(NAMES + namespace);
  }

  static Bytes head(String namespace) {
    return live(namespace, HEAD, "");
  }

  static Bytes live(String namespace, char kind, String name) {
    return Bytes.utf8(LIVE + namespace + "\0" + kind + name);
  }

  /** All that a namespace is now. */
  static KeyRange live(String namespace) {
    return KeyRange.prefix(Bytes.utf8(LIVE + namespace + "\0"));
  }

  static Part part(Bytes key) {
    String rest = key.toString().substring(LIVE.length());
    int end = rest.indexOf('\0');
    return new Part(rest.substring(0, end), rest.charAt(end + 1), rest.substring(end + 2));
  }

  static Bytes release(String namespace, long revision) {
    return Bytes.utf8(HISTORY + namespace + "\0r" + hex(revision));
  }

  static Bytes past(String namespace, long until, String key) {
    return Bytes.utf8(HISTORY + namespace + "\0v" + hex(until) + "\0" + key);
  }

  /** Releases after {@code after}, up to {@code upTo}. */
  static KeyRange releases(String namespace, long after, long upTo) {
    return new KeyRange(release(namespace, after + 1), release(namespace, upTo).successor());
  }

  /** What ended after {@code after}, up to {@code upTo}. */
  static KeyRange past(String namespace, long after, long upTo) {
    String prefix = HISTORY + namespace + "\0v";
    return new KeyRange(Bytes.utf8(prefix + hex(after + 1)), Bytes.utf8(prefix + hex(upTo) + "\1"));
  }

  /** What a key of configuration held once; its name and the revision are in that of the entry. */
  static Past past(String namespace, KvEntry entry) {
    String name = entry.key().toString().substring(HISTORY.length() + namespace.length() + 2);
    long until = HexFormat.fromHexDigitsToLong(name.substring(0, 16));
    return new Past(until, Entry.decode(name.substring(17), entry.value()));
  }

  private static String hex(long revision) {
    return HexFormat.of().toHexDigits(revision);
  }
}
