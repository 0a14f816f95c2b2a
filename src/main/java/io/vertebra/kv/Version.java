package io.vertebra.kv;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a key held from one revision on. The versions of a key form a chain, the newest first, which
 * compaction cuts. A removal is a version too, whose number is 0.
 */
final class Version {
  /**
   * Heap bytes of a version without its value: the object, the value's two and its history slot.
   */
  private static final int OVERHEAD = 56 + 16 + 16 + 4;

  final Bytes key;
  final Bytes value;
  final long createRevision;
  final long modRevision;
  final long number;
  final long lease;
  private volatile @Nullable Version previous;

  Version(KvEntry entry, @Nullable Version previous) {
    this.key = previous == null ? entry.key() : previous.key;
    this.value = entry.value();
    this.createRevision = entry.createRevision();
    this.modRevision = entry.modRevision();
    this.number = entry.version();
    this.lease = entry.lease();
    this.previous = previous;
  }

  static Version removal(Version before, long revision) {
    return new Version(new KvEntry(before.key, Bytes.EMPTY, 0, revision, 0, 0), before);
  }

  boolean isRemoval() {
    return number == 0;
  }

  @Nullable Version previous() {
    return previous;
  }

  /** Lets go of all that was before. */
  void cut() {
    previous = null;
  }

  /** What the key held at {@code revision}; null if it was not there, or that was cut. */
  @Nullable Version at(long revision) {
    Version version = this;
    while (version != null && version.modRevision > revision) {
      version = version.previous;
    }
    return version == null || version.isRemoval() ? null : version;
  }

  KvEntry entry() {
    return new KvEntry(key, value, createRevision, modRevision, number, lease);
  }

  KvEntry entry(boolean keyOnly) {
    return keyOnly
        ? new KvEntry(key, Bytes.EMPTY, createRevision, modRevision, number, lease)
        : entry();
  }

  /** What the write of this version is told as. */
  KvEvent event(boolean withPrevious) {
    Version before = withPrevious ? previous : null;
    return new KvEvent(
        isRemoval() ? KvEvent.Type.DELETE : KvEvent.Type.PUT,
        entry(),
        before == null || before.isRemoval() ? Optional.empty() : Optional.of(before.entry()));
  }

  /** Heap bytes, about, without the key. */
  long weight() {
    return OVERHEAD + aligned(value.length());
  }

  static long aligned(long length) {
    return (length + 7) & ~7L;
  }
}
