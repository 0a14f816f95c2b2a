package io.vertebra.queue;

import java.util.ArrayList;
import java.util.Base64;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What a group is done with in one partition of a topic: all before some offset, which is what is
 * committed to Kafka, and single ones after it, which are kept in the metadata of the commit. What
 * is not there to be read, such as the marks of transactions, counts as done. For one thread.
 */
final class OffsetTracker {
  /** Most characters of the metadata; a broker takes 4,096 unless told otherwise. */
  static final int MAX_METADATA = 4_000;

  /** So many offsets always fit, as a bit each. */
  static final int WINDOW = 20_000;

  /** So many runs always fit, of less than two thousand million offsets each. */
  static final int MAX_RUNS = 270;

  /** For messages that are acknowledged after their time, when they are not given out any more. */
  private static final int SPARE_RUNS = 14;

  private static final int RADIX = 36;

  private final TreeSet<Long> pending = new TreeSet<>();

  /** Runs of what is done though it was not read as yet, from the first to after the last. */
  private final TreeMap<Long, Long> ahead = new TreeMap<>();

  private long position;
  private long committed;
  private long high;
  private int runs;

  /**
   * What to commit.
   *
   * @param offset all before it is done
   * @param metadata what is done after it, for {@link OffsetTracker#restore}
   */
  record Commit(long offset, String metadata) {}

  /** A run of offsets, from the first to after the last. */
  private record Run(long start, long end) {
    long length() {
      return end - start;
    }
  }

  private OffsetTracker(long position) {
    this.position = position;
    this.committed = position;
    this.high = position;
  }

  /** Goes on after a commit; metadata that another program wrote counts as empty. */
  static OffsetTracker restore(long offset, String metadata) {
    OffsetTracker tracker = new OffsetTracker(offset);
    try {
      if (metadata.startsWith("r:")) {
        tracker.restoreRuns(metadata.substring(2));
      } else if (metadata.startsWith("b:")) {
        tracker.restoreBits(Base64.getDecoder().decode(metadata.substring(2)));
      }
    } catch (IllegalArgumentException notOurs) {
      tracker.ahead.clear();
    }
    tracker.runs = tracker.ahead.size();
    tracker.high = tracker.ahead.isEmpty() ? offset : tracker.ahead.lastEntry().getValue();
    return tracker;
  }

  private void restoreRuns(String text) {
    long at = position;
    boolean done = false;
    for (String length : text.split(",", -1)) {
      long end = at + Long.parseLong(length, RADIX);
      if (done) {
        ahead.put(at, end);
      }
      done = !done;
      at = end;
    }
  }

  private void restoreBits(byte[] bytes) {
    BitSet bits = BitSet.valueOf(bytes);
    for (int start = bits.nextSetBit(0); start >= 0; ) {
      int end = bits.nextClearBit(start);
      ahead.put(position + start, position + end);
      start = bits.nextSetBit(end);
    }
  }

  /** The next offset to be read. */
  long position() {
    return position;
  }

  /** All before it is done. */
  long committable() {
    return pending.isEmpty() ? position : pending.first();
  }

  /** All before it is done, and Kafka knows. */
  long committed() {
    return committed;
  }

  /** Kafka has what {@link #commit} said. */
  void committed(long offset) {
    committed = offset;
  }

  /** Takes note of a record that was read; whether it is new to the group. */
  boolean read(long offset) {
    if (offset < position || isAhead(offset)) {
      return false;
    }
    return pending.add(offset);
  }

  /** All before this offset was read. */
  void reached(long next) {
    position = Math.max(position, next);
    while (!ahead.isEmpty() && ahead.firstEntry().getValue() <= position) {
      ahead.pollFirstEntry();
    }
  }

  private boolean isAhead(long offset) {
    Map.Entry<Long, Long> run = ahead.floorEntry(offset);
    return run != null && offset < run.getValue();
  }

  /** Whether the group is done with an offset. */
  boolean isDone(long offset) {
    return offset < position ? !pending.contains(offset) : isAhead(offset);
  }

  /**
   * Whether a message may be given out, since its acknowledgement would fit.
   *
   * @param out how many others are given out
   */
  boolean mayGive(long offset, int out) {
    long top = Math.max(high, offset + 1);
    boolean may = top - committable() <= WINDOW || runs + out < MAX_RUNS;
    high = may ? top : high;
    return may;
  }

  /** Whether its acknowledgement fits; one of a message that {@link #mayGive} let out does. */
  boolean mayAcknowledge(long offset) {
    return Math.max(high, offset + 1) - committable() <= WINDOW || runs < MAX_RUNS + SPARE_RUNS;
  }

  /** The group is done with it. */
  void done(long offset) {
    high = Math.max(high, offset + 1);
    runs++;
    if (offset < position) {
      pending.remove(offset);
    } else if (!isAhead(offset)) {
      Map.Entry<Long, Long> before = ahead.floorEntry(offset);
      Long after = ahead.remove(offset + 1);
      long start = before != null && before.getValue() == offset ? before.getKey() : offset;
      ahead.put(start, after == null ? offset + 1 : after);
    }
  }

  /** The group is not done with it after all. */
  void undone(long offset) {
    if (offset < position) {
      pending.add(offset);
      return;
    }
    Map.Entry<Long, Long> run = ahead.floorEntry(offset);
    if (run != null && offset < run.getValue()) {
      ahead.remove(run.getKey());
      put(run.getKey(), offset);
      put(offset + 1, run.getValue());
    }
  }

  private void put(long start, long end) {
    if (start < end) {
      ahead.put(start, end);
    }
  }

  /** What to commit now. */
  Commit commit() {
    List<Run> done = doneRuns();
    runs = done.size();
    long offset = committable();
    if (done.isEmpty()) {
      return new Commit(offset, "");
    }
    boolean few = runs < MAX_RUNS + SPARE_RUNS;
    return new Commit(offset, few ? text(offset, done) : bits(offset, done));
  }

  private List<Run> doneRuns() {
    List<Run> done = new ArrayList<>();
    if (!pending.isEmpty()) {
      long from = pending.first();
      for (long offset : pending) {
        add(done, from, Math.min(offset, high));
        from = offset + 1;
      }
      add(done, from, Math.min(position, high));
    }
    ahead.forEach((start, end) -> add(done, Math.max(start, position), end));
    return done;
  }

  private static void add(List<Run> done, long start, long end) {
    int last = done.size() - 1;
    if (start >= end) {
      return;
    }
    if (last >= 0 && done.get(last).end() == start) {
      done.set(last, new Run(done.get(last).start(), end));
    } else {
      done.add(new Run(start, end));
    }
  }

  private static String text(long offset, List<Run> done) {
    StringBuilder text = new StringBuilder("r:");
    long at = offset;
    for (Run run : done) {
      text.append(text.length() == 2 ? "" : ",")
          .append(Long.toString(run.start() - at, RADIX))
          .append(',')
          .append(Long.toString(run.length(), RADIX));
      at = run.end();
    }
    return text.toString();
  }

  private static String bits(long offset, List<Run> done) {
    BitSet bits = new BitSet();
    done.forEach(run -> bits.set((int) (run.start() - offset), (int) (run.end() - offset)));
    return "b:" + Base64.getEncoder().withoutPadding().encodeToString(bits.toByteArray());
  }
}
