package io.vertebra.registry;

/**
 * What answers are about: each has an index of its own, and those who wait for it are woken by its
 * changes alone.
 *
 * @param name of the service or node; empty if the kind is about all
 */
record Topic(Kind kind, String name) {
  /** All nodes. */
  static final Topic NODES = new Topic(Kind.NODES, "");

  /** All instances. */
  static final Topic INSTANCES = new Topic(Kind.INSTANCES, "");

  /** All checks. */
  static final Topic CHECKS = new Topic(Kind.CHECKS, "");

  /** Sorts of topics. */
  enum Kind {
    NODES('N'),
    INSTANCES('I'),
    CHECKS('C'),
    /** The instances of a service and where their nodes are. */
    SERVICE('s'),
    /** The checks of the instances of a service and of their nodes. */
    HEALTH('h'),
    /** A node and all that is on it. */
    NODE('n'),
    /** The checks of a node itself. */
    NODE_HEALTH('m');

    private final char letter;

    Kind(char letter) {
      this.letter = letter;
    }
  }

  static Topic service(String name) {
    return new Topic(Kind.SERVICE, name);
  }

  static Topic health(String service) {
    return new Topic(Kind.HEALTH, service);
  }

  static Topic node(String name) {
    return new Topic(Kind.NODE, name);
  }

  static Topic nodeHealth(String name) {
    return new Topic(Kind.NODE_HEALTH, name);
  }

  String text() {
    return kind.letter + name;
  }

  static Topic parse(String text) {
    for (Kind kind : Kind.values()) {
      if (text.charAt(0) == kind.letter) {
        return new Topic(kind, text.substring(1));
      }
    }
    throw new IllegalArgumentException("no topic: " + text);
  }
}
