package io.vertebra.consul;

import io.vertebra.kv.Bytes;
import io.vertebra.kv.Op;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Keys that are written when something goes away, so that the revision of their last change tells
 * when that was. There is a bounded number of them, which names share by their hash: a revision
 * told so is never too small, but may be that of another name.
 *
 * <p>The removal of a key marks the key itself and each of its <em>anchors</em>: its prefixes that
 * end with a slash, for the first {@value #SLASHES}, and those of some lengths. A prefix is asked
 * about by its longest anchor. The removal of all keys of a prefix marks the anchors of the prefix,
 * and as a tree the longest of these, which is asked for by what is below.
 */
final class Marks {
  /** Different marks of one kind. */
  static final int BUCKETS = 4096;

  private static final String PREFIX = Layout.ROOT + "mark/";
  private static final int SLASHES = 8;
  private static final int[] LENGTHS = {0, 1, 2, 3, 4, 6, 8, 12, 16, 24, 32};

  private Marks() {}

  /** What a mark is about. */
  enum Kind {
    KEY('k'),
    BELOW('b'),
    TREE('t'),
    SESSION('s'),
    SESSIONS_OF_NODE('n'),
    SESSIONS('l'),
    EVENT('e'),
    EVENTS('a');

    private final char letter;

    Kind(char letter) {
      this.letter = letter;
    }

    Bytes of(String name) {
      int bucket = Math.floorMod(name.hashCode(), BUCKETS);
      return Bytes.utf8(PREFIX + letter + Integer.toString(bucket, 36));
    }
  }

  /** Marks the removal of a key. */
  static Set<Bytes> ofRemoved(String key) {
    Set<Bytes> marks = new LinkedHashSet<>();
    marks.add(Kind.KEY.of(key));
    anchors(key).forEach(anchor -> marks.add(Kind.BELOW.of(anchor)));
    return marks;
  }

  /** Marks the removal of all keys that begin with a prefix. */
  static Set<Bytes> ofRemovedTree(String prefix) {
    Set<Bytes> marks = new LinkedHashSet<>();
    marks.add(Kind.TREE.of(longest(prefix)));
    anchors(prefix).forEach(anchor -> marks.add(Kind.BELOW.of(anchor)));
    return marks;
  }

  /** Marks that everything may have been removed. */
  static Set<Bytes> ofAnything() {
    return Set.of(Kind.TREE.of(""), Kind.BELOW.of(""));
  }

  /** The marks that tell of the removal of a key. */
  static Set<Bytes> askedByKey(String key) {
    Set<Bytes> marks = new LinkedHashSet<>();
    marks.add(Kind.KEY.of(key));
    anchors(key).forEach(anchor -> marks.add(Kind.TREE.of(anchor)));
    return marks;
  }

  /** The marks that tell of the removal of any key that begins with a prefix. */
  static Set<Bytes> askedByPrefix(String prefix) {
    Set<Bytes> marks = new LinkedHashSet<>();
    marks.add(Kind.BELOW.of(longest(prefix)));
    anchors(prefix).forEach(anchor -> marks.add(Kind.TREE.of(anchor)));
    return marks;
  }

  /** The steps that write marks. */
  static List<Op> touch(Collection<Bytes> marks) {
    return marks.stream().map(mark -> Op.put(mark, Bytes.EMPTY)).toList();
  }

  /** The prefixes of a text that are asked for, the empty one among them. */
  private static Set<String> anchors(String text) {
    Set<String> anchors = new LinkedHashSet<>();
    for (int length : LENGTHS) {
      if (length <= text.length()) {
        anchors.add(text.substring(0, length));
      }
    }
    int slash = text.indexOf('/');
    for (int i = 0; i < SLASHES && slash >= 0; i++) {
      anchors.add(text.substring(0, slash + 1));
      slash = text.indexOf('/', slash + 1);
    }
    return anchors;
  }

  private static String longest(String text) {
    String longest = "";
    for (String anchor : anchors(text)) {
      longest = anchor.length() > longest.length() ? anchor : longest;
    }
    return longest;
  }
}
