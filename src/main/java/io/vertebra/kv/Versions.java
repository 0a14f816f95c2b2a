package io.vertebra.kv;

import io.vertebra.api.Failure;
import io.vertebra.api.FailureCode;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * An ordered map that can be read as it was at any revision since it was compacted. One thread
 * writes; any thread reads, without a lock. Nothing written is seen before {@link #publish}.
 *
 * <p>Source: multi-version concurrency control, P. Bernstein and N. Goodman, 1983.
 */
final class Versions {
  /** Heap bytes of a key: the object, its array's header, and its node and index in the map. */
  private static final int KEY_OVERHEAD = 16 + 16 + 24 + 12;

  /** How much is trimmed at once, so that no entry of the log is held up for long. */
  private static final int TRIM_AT_ONCE = 16_384;

  private final ConcurrentSkipListMap<Bytes, Version> heads = new ConcurrentSkipListMap<>();
  private final Set<Pin> pins = ConcurrentHashMap.newKeySet();
  private final LongAdder keys = new LongAdder();
  private final LongAdder bytes = new LongAdder();
  private final History history;
  private final long floor;
  private volatile long revision;
  private volatile long compactedRevision;

  /** Keeps the versions that somebody reads at {@code revision} from being trimmed. */
  record Pin(long revision, Object identity) {}

  /**
   * Empty.
   *
   * @param compacted every replica forgot what was before; to be the same on all
   * @param floor this replica alone does not know what was before
   * @param base number of the first version in the history
   */
  Versions(long revision, long compacted, long floor, long base) {
    this.revision = revision;
    this.compactedRevision = compacted;
    this.floor = floor;
    this.history = new History(base);
  }

  long revision() {
    return revision;
  }

  /** What was before is forgotten on every replica. */
  long compactedRevision() {
    return compactedRevision;
  }

  /** What was before is not to be had here. */
  long oldestRevision() {
    return Math.max(compactedRevision, floor);
  }

  History history() {
    return history;
  }

  long keys() {
    return keys.sum();
  }

  long bytes() {
    return bytes.sum();
  }

  /** The newest version of a key, published or not, which may be a removal; null if none. */
  @Nullable Version head(Bytes key) {
    return heads.get(key);
  }

  /** The newest version of a key, published or not; null if it is not there. */
  @Nullable Version present(Bytes key) {
    Version head = heads.get(key);
    return head == null || head.isRemoval() ? null : head;
  }

  /** The newest versions of the keys of a range, published or not. */
  List<Version> present(KeyRange range) {
    if (range.isOne()) {
      Version one = present(range.from());
      return one == null ? List.of() : List.of(one);
    }
    List<Version> found = new ArrayList<>();
    for (Version head : heads(range)) {
      if (!head.isRemoval()) {
        found.add(head);
      }
    }
    return found;
  }

  /** The newest versions of all keys, removals too, in order; goes on changing. */
  Collection<Version> all() {
    return heads.values();
  }

  private Collection<Version> heads(KeyRange range) {
    if (range.hasEnd() && range.from().compareTo(range.to()) >= 0) {
      return List.of();
    }
    ConcurrentNavigableMap<Bytes, Version> within =
        range.hasEnd() ? heads.subMap(range.from(), range.to()) : heads.tailMap(range.from());
    return within.values();
  }

  /** Writes a key, whose {@link #head} is given, at a revision that is not yet published. */
  void put(@Nullable Version head, Bytes key, Bytes value, long lease, long at) {
    boolean isNew = head == null || head.isRemoval();
    long created = isNew || head == null ? at : head.createRevision;
    long number = isNew || head == null ? 1 : head.number + 1;
    Version version = new Version(new KvEntry(key, value, created, at, number, lease), head);
    history.append(version);
    head(head, version);
    if (isNew) {
      keys.increment();
    }
  }

  /** Removes a key at a revision that is not yet published. */
  void remove(Version present, long at) {
    Version removal = Version.removal(present, at);
    history.append(removal);
    head(present, removal);
    keys.decrement();
  }

  /** Puts back what is no change, hence in no history; false if the key is there already. */
  boolean insert(KvEntry entry) {
    Version version = new Version(entry, null);
    if (heads.putIfAbsent(version.key, version) != null) {
      return false;
    }
    bytes.add(version.weight() + keyWeight(version.key));
    keys.increment();
    return true;
  }

  private void head(@Nullable Version before, Version version) {
    heads.put(version.key, version);
    bytes.add(version.weight() + (before == null ? keyWeight(version.key) : 0));
  }

  private static long keyWeight(Bytes key) {
    return KEY_OVERHEAD + Version.aligned(key.length());
  }

  /** Shows what was written to the readers, all at once. */
  void publish(long reached) {
    history.publish();
    revision = reached;
  }

  /** Forgets what was before; takes the memory back as {@link #trim} is called. */
  void compact(long at) {
    compactedRevision = at;
  }

  /** Takes back some memory of what nobody can read any more. */
  void trim() {
    long last = compactedRevision;
    for (Pin pin : pins) {
      last = Math.min(last, pin.revision());
    }
    history.trim(last, TRIM_AT_ONCE, this::dropped);
  }

  private void dropped(Version version) {
    Version previous = version.previous();
    if (previous != null) {
      bytes.add(-previous.weight());
      version.cut();
    }
    if (version.isRemoval() && heads.remove(version.key, version)) {
      bytes.add(-version.weight() - keyWeight(version.key));
    }
  }

  /** Keeps the present versions readable until {@link #unpin}. */
  Pin pin() {
    Pin pin = new Pin(revision, new Object());
    pins.add(pin);
    return pin;
  }

  void unpin(Pin pin) {
    pins.remove(pin);
  }

  /**
   * The entries of a range as published.
   *
   * @param most bytes answered, but for a first entry that is longer
   */
  RangeResult range(RangeRequest request, long most) {
    while (true) {
      long now = revision;
      long at = request.revision() == 0 ? now : request.revision();
      checkReadable(at, now);
      RangeResult result = read(request, at, now, most);
      if (at >= compactedRevision) {
        return result;
      }
      if (request.revision() != 0) {
        throw compacted(at);
      }
    }
  }

  /** Throws {@code INVALID} or {@code COMPACTED} if {@code at} cannot be read. */
  void checkReadable(long at, long now) {
    if (at > now) {
      throw Failure.invalid("/revision", "is " + at + ", yet the store is at " + now);
    }
    if (at < oldestRevision()) {
      throw compacted(at);
    }
  }

  Failure compacted(long at) {
    return new Failure(
        FailureCode.COMPACTED, "revision " + at + " is compacted, up to " + oldestRevision());
  }

  /** The entries of a range, published or not, as they were at {@code at}. */
  RangeResult read(RangeRequest request, long at, long told, long most) {
    RangeRead read = new RangeRead(request, most);
    if (request.range().isOne()) {
      Version head = heads.get(request.range().from());
      if (head != null) {
        boolean unused = read.add(head.at(at));
      }
    } else {
      for (Version head : heads(request.range())) {
        if (!read.add(head.at(at))) {
          break;
        }
      }
    }
    return read.result(told);
  }
}
