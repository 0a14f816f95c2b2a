package io.vertebra.registry;

import io.vertebra.kv.Bytes;
import io.vertebra.kv.KeyRange;
import java.util.Arrays;
import java.util.List;

/**
 * Where things are kept. Names hold no control characters, so a zero byte parts them.
 *
 * <pre>
 * n NODE                    a node
 * s NODE 0 ID               an instance
 * c NODE 0 INSTANCE 0 ID    a check; of the node if the instance is empty
 * t NODE 0 INSTANCE 0 ID    on the lease by which a check with a time to live is not critical yet
 * x TOPIC                   written when something went from what the topic tells
 * k KEY                     the answer of a write that is done once
 * r                         written with every change
 * f                         revision of the last topic forgotten
 * </pre>
 */
final class RegistryKeys {
  static final KeyRange ALL = KeyRange.prefix(key(""));

  /** Written with every change. */
  static final Bytes MARK = key("r");

  static final Bytes FLOOR = key("f");

  private static final String PREFIX = "\0registry/";

  /** What a key stands for, in the order in which to read them. */
  enum Kind {
    NODE('n'),
    INSTANCE('s'),
    CHECK('c'),
    ALIVE('t'),
    TOPIC('x'),
    FLOOR('f'),
    MARK('r'),
    OTHER('k');

    private final char letter;

    Kind(char letter) {
      this.letter = letter;
    }
  }

  /**
   * A key taken apart.
   *
   * @param parts the names, as many as the kind has
   */
  record Parsed(Kind kind, List<String> parts) {}

  private RegistryKeys() {}

  static Bytes node(String name) {
    return key("n" + name);
  }

  static Bytes instance(ItemKey instance) {
    return key("s" + instance.node() + "\0" + instance.id());
  }

  /** The instances on a node. */
  static KeyRange instances(String node) {
    return KeyRange.prefix(key("s" + node + "\0"));
  }

  static Bytes check(Check check) {
    return checkOf("c", check);
  }

  static Bytes alive(Check check) {
    return checkOf("t", check);
  }

  /** The checks of an instance. */
  static KeyRange checks(ItemKey instance) {
    return KeyRange.prefix(key("c" + instance.node() + "\0" + instance.id() + "\0"));
  }

  /** What keeps checks of an instance from being critical. */
  static KeyRange alive(ItemKey instance) {
    return KeyRange.prefix(key("t" + instance.node() + "\0" + instance.id() + "\0"));
  }

  /** The checks of a node and of all instances on it. */
  static KeyRange checks(String node) {
    return KeyRange.prefix(key("c" + node + "\0"));
  }

  static KeyRange alive(String node) {
    return KeyRange.prefix(key("t" + node + "\0"));
  }

  static Bytes topic(Topic topic) {
    return key("x" + topic.text());
  }

  static Bytes once(String idempotencyKey) {
    return key("k" + idempotencyKey);
  }

  static Parsed parse(Bytes key) {
    String text = key.toString().substring(PREFIX.length());
    for (Kind kind : Kind.values()) {
      if (text.charAt(0) == kind.letter) {
        return new Parsed(kind, Arrays.asList(text.substring(1).split("\0", -1)));
      }
    }
    return new Parsed(Kind.OTHER, List.of());
  }

  private static Bytes checkOf(String letter, Check check) {
    return key(letter + check.node() + "\0" + check.instance() + "\0" + check.id());
  }

  private static Bytes key(String rest) {
    return Bytes.utf8(PREFIX + rest);
  }
}
