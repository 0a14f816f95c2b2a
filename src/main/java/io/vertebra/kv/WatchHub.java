package io.vertebra.kv;

import io.vertebra.kv.spill.ValueFaultException;
import io.vertebra.kv.spill.ValueGoneException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Tells those who watch what changed. The applying thread calls {@link #publish} and {@link
 * #replaced}; all else is safe for any thread. A write costs nothing to those who do not watch it.
 */
final class WatchHub {
  private final KvState state;
  private final WatchIndex index = new WatchIndex();
  private final Set<Cursor> cursors = ConcurrentHashMap.newKeySet();
  private final Set<Cursor> progressing = ConcurrentHashMap.newKeySet();
  private final List<Cursor> touched = new ArrayList<>();
  private volatile long published;

  WatchHub(KvState state) {
    this.state = state;
    this.published = state.revision();
  }

  /** Opens a cursor; throws {@code COMPACTED} if its first revision is no more to be had. */
  Cursor open(WatchRequest request) {
    Versions versions = state.versions();
    long revision = versions.revision();
    long from = request.fromRevision() == 0 ? revision + 1 : request.fromRevision();
    Cursor cursor = new Cursor(this, request, from, versions);
    if (from <= versions.oldestRevision()) {
      throw versions.compacted(from);
    }
    cursors.add(cursor);
    index.add(cursor);
    if (!request.progress().isZero()) {
      progressing.add(cursor);
    }
    Versions present = state.versions();
    if (present != versions) {
      cursor.replaced(revision, present);
    }
    cursor.settle();
    return cursor;
  }

  /** Ends all cursors. */
  void close() {
    cursors.forEach(Cursor::close);
  }

  void remove(Cursor cursor) {
    index.remove(cursor);
    progressing.remove(cursor);
    cursors.remove(cursor);
  }

  /** Tells the changes that the state published since number {@code from} of the history. */
  void publish(long from) {
    Versions versions = state.versions();
    History history = versions.history();
    if (!cursors.isEmpty()) {
      for (long i = from; i < history.end(); i++) {
        Version version = history.get(i);
        if (version != null) {
          offer(i, version);
        }
      }
    }
    published = versions.revision();
    touched.forEach(Cursor::wake);
    touched.clear();
  }

  private void offer(long number, Version version) {
    index.each(
        version.key,
        cursor -> {
          if (cursor.offer(number, version)) {
            touched.add(cursor);
          }
        });
  }

  /**
   * Says that the state was replaced, so that what was before its compacted revision is not to be
   * had; ends the cursors that lack some of it.
   *
   * @param before the revision that was reached
   */
  void replaced(long before) {
    Versions after = state.versions();
    published = after.revision();
    cursors.forEach(cursor -> cursor.replaced(before, after));
  }

  /**
   * Tells the revision reached to the cursors that wait for longer than they asked to; to be called
   * now and then, as a cursor's time is counted from one call to another.
   */
  void tellProgress(long nanoTime) {
    progressing.forEach(cursor -> cursor.tellProgress(nanoTime));
  }

  /** The revision up to which all changes were told to the cursors. */
  long published() {
    return published;
  }

  /** The number of the next change in the history. */
  long end() {
    return state.versions().history().end();
  }

  /** How many cursors are open. */
  int watchers() {
    return cursors.size();
  }

  /** How many cursors are so far behind that they read from the history. */
  int lagging() {
    return (int) cursors.stream().filter(Cursor::isLagging).count();
  }

  /**
   * What a cursor can still read from the history.
   *
   * @param next number of the change to go on with
   * @param told all changes of the range up to this revision are among those told
   * @param whole whether there are no more for now
   */
  record Scan(List<KvEvent> events, long next, long told, boolean whole) {}

  /**
   * Reads from a history, though another may have taken its place meanwhile; null if some of it is
   * gone.
   */
  static @Nullable Scan scan(Cursor cursor, Versions versions, long from, long minRevision) {
    try {
      return scanAll(cursor, versions, from, minRevision);
    } catch (ValueGoneException | ValueFaultException e) {
      return null;
    }
  }

  private static @Nullable Scan scanAll(
      Cursor cursor, Versions versions, long from, long minRevision) {
    History history = versions.history();
    long told = versions.revision();
    long end = history.end();
    List<KvEvent> events = new ArrayList<>();
    long last = 0;
    long bytes = 0;
    for (long i = from; i < end; i++) {
      Version version = history.get(i);
      if (version == null) {
        return null;
      }
      boolean full = events.size() == Cursor.MAX_BATCH || bytes > Cursor.MAX_QUEUED_BYTES;
      if (full) {
        return new Scan(events, i, version.modRevision == last ? last - 1 : last, false);
      }
      if (version.modRevision >= minRevision && cursor.range().contains(version.key)) {
        events.add(version.event(cursor.tellsPrevious()));
        bytes += Cursor.size(version);
      }
      last = version.modRevision;
    }
    return from < history.first() && from < end
        ? null
        : new Scan(events, Math.max(from, end), Math.max(told, last), true);
  }
}
