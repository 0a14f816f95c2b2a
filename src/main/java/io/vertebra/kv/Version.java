package io.vertebra.kv;

import io.vertebra.kv.spill.Held;
import io.vertebra.kv.spill.StoredValue;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a key held from one revision on. The versions of a key form a chain, the newest first, which
 * compaction cuts. A removal is a version too, whose number is 0.
 */
final class Version {
  /** Heap bytes of a version without its value: the object and its history slot. */
  private static final int OVERHEAD = 56 + 4;

  /** Heap bytes of a value in memory beside its bytes: the object, and its array's header. */
  private static final int VALUE_OVERHEAD = 16 + 16;

  final Bytes key;
  final Held value;
  final long createRevision;
  final long modRevision;
  final long number;
  final long lease;
  private volatile @Nullable Version previous;

  /**
   * @param entry all of it but its value
   */
  Version(KvEntry entry, Held value, @Nullable Version previous) {
    this.key = previous == null ? entry.key() : previous.key;
    this.value = value;
    this.createRevision = entry.createRevision();
    this.modRevision = entry.modRevision();
    this.number = entry.version();
    this.lease = entry.lease();
    this.previous = previous;
  }

  /**
   * @param lease whose end this is; 0 if the key was removed by itself
   */
  static Version removal(Version before, long revision, long lease) {
    KvEntry entry = new KvEntry(before.key, Bytes.EMPTY, 0, revision, 0, lease);
    return new Version(entry, Bytes.EMPTY, before);
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

  /** Whether its value is read from a file, which blocks. */
  boolean isSpilled() {
    return !(value instanceof Bytes);
  }

  /** The value itself. */
  Bytes bytes() {
    return value instanceof Bytes bytes ? bytes : Bytes.wrap(value.array());
  }

  KvEntry entry() {
    return new KvEntry(key, bytes(), createRevision, modRevision, number, lease);
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
    return isSpilled() ? spilledWeight() : weight(value);
  }

  /** The same with a value in a file. */
  static long spilledWeight() {
    return OVERHEAD + StoredValue.HEAP_BYTES;
  }

  /** The same with a value in memory. */
  static long weight(Held value) {
    return OVERHEAD + VALUE_OVERHEAD + aligned(value.length());
  }

  static long aligned(long length) {
    return (length + 7) & ~7L;
  }
}
