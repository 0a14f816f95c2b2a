package io.vertebra.kv;

import io.vertebra.api.Failure;
import io.vertebra.api.FailureCode;
import io.vertebra.kv.spill.Held;
import io.vertebra.kv.spill.ValueGoneException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Predicate;
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

  private final ConcurrentSkipListMap<Bytes, Version> heads;
  private final Set<Pin> pins = ConcurrentHashMap.newKeySet();
  private final LongAdder keys;
  private final LongAdder bytes;
  private final Values values;
  private final History history;
  private final long floor;
  private volatile long revision;
  private volatile long compactedRevision;
  private boolean retired;

  /** Keeps the versions that somebody reads at {@code revision} from being trimmed. */
  record Pin(long revision, Object identity) {}

  /**
   * Empty.
   *
   * @param compacted every replica forgot what was before; to be the same on all
   * @param floor this replica alone does not know what was before
   * @param base number of the first version in the history
   * @param values where they are, of this map alone
   */
  Versions(long revision, long compacted, long floor, long base, Values values) {
    this.heads = new ConcurrentSkipListMap<>();
    this.keys = new LongAdder();
    this.bytes = new LongAdder();
    this.values = values;
    this.revision = revision;
    this.compactedRevision = compacted;
    this.floor = floor;
    this.history = new History(base);
  }

  private Versions(Versions same, long revision, long base) {
    this.heads = same.heads;
    this.keys = same.keys;
    this.bytes = same.bytes;
    this.values = same.values;
    this.revision = revision;
    this.compactedRevision = revision;
    this.floor = 0;
    this.history = new History(base);
  }

  /** The same entries, to go on with alone: at {@code revision}, before which all is forgotten. */
  Versions movedTo(long revision, long base) {
    return new Versions(this, revision, base);
  }

  /**
   * Lets the keys before {@code end} count as written at the present revision; for a map that
   * nobody reads yet.
   */
  void rewriteBefore(Bytes end) {
    heads
        .headMap(end)
        .replaceAll(
            (key, head) ->
                new Version(
                    new KvEntry(
                        key, Bytes.EMPTY, head.createRevision, revision, head.number, head.lease),
                    head.value,
                    null));
  }

  /** The greatest revision at which a key was written. */
  long greatestRevision() {
    long greatest = 0;
    for (Version head : heads.values()) {
      greatest = Math.max(greatest, head.modRevision);
    }
    return greatest;
  }

  /** Whether a key of the range is there, published or not. */
  boolean has(KeyRange range) {
    for (Version head : heads(range)) {
      if (!head.isRemoval()) {
        return true;
      }
    }
    return false;
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

  /**
   * Whether something holds for the newest version, published or not, of each key of a range.
   *
   * @param none the answer if there are no keys
   */
  boolean all(KeyRange range, boolean none, Predicate<Version> holds) {
    if (range.isOne()) {
      Version one = present(range.from());
      return one == null ? none : holds.test(one);
    }
    boolean some = false;
    for (Version head : heads(range)) {
      if (!head.isRemoval()) {
        if (!holds.test(head)) {
          return false;
        }
        some = true;
      }
    }
    return some || none;
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
  void put(@Nullable Version head, Bytes key, Held value, long lease, long at) {
    boolean isNew = head == null || head.isRemoval();
    long created = isNew || head == null ? at : head.createRevision;
    long number = isNew || head == null ? 1 : head.number + 1;
    KvEntry entry = new KvEntry(key, Bytes.EMPTY, created, at, number, lease);
    Version version = new Version(entry, values.hold(value), head);
    history.append(version);
    head(head, version);
    if (isNew) {
      keys.increment();
    }
  }

  /**
   * Removes a key at a revision that is not yet published.
   *
   * @param lease whose end this is; 0 if it was removed by itself
   */
  void remove(Version present, long at, long lease) {
    Version removal = Version.removal(present, at, lease);
    history.append(removal);
    head(present, removal);
    keys.decrement();
  }

  /** Puts back what is no change, hence in no history; false if the key is there already. */
  boolean insert(KvEntry entry) {
    if (heads.containsKey(entry.key())) {
      return false;
    }
    Version version = new Version(entry, values.hold(entry.value()), null);
    heads.put(version.key, version);
    bytes.add(version.weight() + keyWeight(version.key));
    keys.increment();
    return true;
  }

  private void head(@Nullable Version before, Version version) {
    heads.put(version.key, version);
    bytes.add(version.weight() + (before == null ? keyWeight(version.key) : 0));
  }

  /** Heap bytes that an entry takes without any that was before, about. */
  static long weight(KvEntry entry) {
    return Version.weight(entry.value()) + keyWeight(entry.key());
  }

  /** The same, where a long value goes to a file if this state has any. */
  long weightHere(KvEntry entry) {
    return values.spills(entry.value())
        ? Version.spilledWeight() + keyWeight(entry.key())
        : weight(entry);
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

  /** Takes back some memory of what nobody can read any more; whether there may be more. */
  boolean trim() {
    long last = compactedRevision;
    for (Pin pin : pins) {
      last = Math.min(last, pin.revision());
    }
    long before = history.first();
    history.trim(last, TRIM_AT_ONCE, this::dropped);
    return values.tidy() || history.first() - before == TRIM_AT_ONCE;
  }

  private void dropped(Version version) {
    Version previous = version.previous();
    if (previous != null) {
      bytes.add(-previous.weight());
      values.release(previous.value);
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

  synchronized void unpin(Pin pin) {
    pins.remove(pin);
    letGo();
  }

  /** Says that another took its place: lets go of its values once nobody reads what is pinned. */
  synchronized void retire() {
    retired = true;
    letGo();
  }

  private void letGo() {
    if (retired && pins.isEmpty()) {
      values.retire();
    }
  }

  /** An entry as published, if it is in memory; null if there may be more to it. */
  @Nullable RangeResult rangeInMemory(RangeRequest request) {
    if (!request.range().isOne() || request.revision() != 0) {
      return null;
    }
    long now = revision;
    Version head = heads.get(request.range().from());
    Version version = head == null ? null : head.at(now);
    boolean isGone = head != null && version == null && now < compactedRevision;
    if (isGone || (version != null && version.isSpilled())) {
      return null;
    }
    RangeRead read = new RangeRead(request, Long.MAX_VALUE);
    boolean unused = read.add(version);
    return read.result(now);
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
      RangeResult result = unlessGone(request, at, now, most);
      if (result != null && at >= compactedRevision) {
        return result;
      }
      if (request.revision() != 0) {
        throw compacted(at);
      }
    }
  }

  private @Nullable RangeResult unlessGone(RangeRequest request, long at, long now, long most) {
    try {
      return read(request, at, now, most);
    } catch (ValueGoneException e) {
      if (at < compactedRevision) {
        return null;
      }
      throw e;
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
