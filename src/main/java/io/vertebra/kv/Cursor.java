package io.vertebra.kv;

import io.vertebra.api.Failure;
import io.vertebra.api.FailureCode;
import io.vertebra.kv.spill.ValueFaultException;
import io.vertebra.kv.spill.ValueGoneException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * One that watches. While it keeps up, its changes are queued for it; when more than {@value
 * #MAX_QUEUED} or 1 MiB are waiting it lags, and reads those after them from the history, until it
 * has caught up. Its lock is held for moments only, and never while a stage is completed.
 */
final class Cursor {
  static final int MAX_QUEUED = 1024;
  static final int MAX_QUEUED_BYTES = 1 << 20;
  static final int MAX_BATCH = 1000;

  private final WatchHub hub;
  private final WatchRequest request;
  private final long fromRevision;

  private final Deque<Version> queue = new ArrayDeque<>();
  private long queuedBytes;

  /** Whether what is published is queued here. */
  private boolean live;

  /** If not live, whether something was published that may not have been read. */
  private boolean missed;

  /** Whose history is read; another one's not before {@link #replaced} says so. */
  private Versions versions;

  /** Number of the first change in the history that was neither told nor queued. */
  private long next;

  /** The revision of that change, as far as it matters. */
  private long lagsFrom;

  private long minRevision;
  private long told;
  private boolean busy;

  /** Whether something is queued that is not yet published. */
  private boolean toWake;

  private int replacements;
  private boolean heard = true;
  private long heardAt;
  private @Nullable CompletableFuture<WatchBatch> waiting;
  private @Nullable Failure failure;

  Cursor(WatchHub hub, WatchRequest request, long fromRevision, Versions versions) {
    this.hub = hub;
    this.request = request;
    this.fromRevision = fromRevision;
    this.minRevision = fromRevision;
    this.told = fromRevision - 1;
    this.versions = versions;
    this.next = versions.history().indexOf(fromRevision);
    this.missed = true;
  }

  /** The revision before which nothing is told. */
  long fromRevision() {
    return fromRevision;
  }

  KeyRange range() {
    return request.range();
  }

  boolean tellsPrevious() {
    return request.previous();
  }

  synchronized boolean isLagging() {
    return !live;
  }

  /**
   * The changes after those told so far; completes when there are some, mostly on the applying
   * thread, and is to be called again only then. Who lags reads the history on the calling thread,
   * which takes about a millisecond for 50,000 changes. Fails with {@code COMPACTED} for good when
   * some of them are gone.
   */
  CompletionStage<WatchBatch> next() {
    synchronized (this) {
      if (busy || waiting != null) {
        return CompletableFuture.failedFuture(
            Failure.invalid("", "the changes before are still waited for"));
      }
      WatchBatch batch = drain();
      if (batch != null) {
        return CompletableFuture.completedFuture(batch);
      }
      if (failure != null) {
        return CompletableFuture.failedFuture(failure);
      }
      if (live) {
        CompletableFuture<WatchBatch> later = new CompletableFuture<>();
        waiting = later;
        return later;
      }
      busy = true;
    }
    return catchUp();
  }

  /** Lets what is published from now on be queued, if there is nothing to read before. */
  void settle() {
    synchronized (this) {
      if (busy || live || failure != null) {
        return;
      }
      missed = false;
    }
    long end = hub.end();
    synchronized (this) {
      live = !missed && !busy && failure == null && next >= end;
    }
  }

  private CompletionStage<WatchBatch> catchUp() {
    while (true) {
      long from;
      long least;
      int seen;
      Versions read;
      synchronized (this) {
        missed = false;
        from = next;
        least = minRevision;
        seen = replacements;
        read = versions;
      }
      WatchHub.Scan scan = WatchHub.scan(this, read, from, least);
      synchronized (this) {
        CompletionStage<WatchBatch> answer = answer(scan, seen);
        if (answer != null) {
          busy = false;
          return answer;
        }
      }
    }
  }

  private @Nullable CompletionStage<WatchBatch> answer(WatchHub.@Nullable Scan scan, int seen) {
    if (failure != null) {
      return CompletableFuture.failedFuture(failure);
    }
    if (seen != replacements) {
      return null;
    }
    if (scan == null) {
      failure = compacted();
      return CompletableFuture.failedFuture(failure);
    }
    next = scan.next();
    told = Math.max(told, scan.told());
    live = scan.whole() && !missed;
    if (!scan.events().isEmpty()) {
      heard = true;
      return CompletableFuture.completedFuture(new WatchBatch(told, scan.events()));
    }
    if (!live) {
      return null;
    }
    CompletableFuture<WatchBatch> later = new CompletableFuture<>();
    waiting = later;
    return later;
  }

  private Failure compacted() {
    return new Failure(
        FailureCode.COMPACTED, "the changes after revision " + told + " are compacted");
  }

  /** Takes a change of the range; whether the cursor is to be woken and was not before. */
  synchronized boolean offer(long number, Version version) {
    if (!live) {
      missed = true;
      return false;
    }
    if (number < next || version.modRevision < minRevision) {
      return false;
    }
    if (queue.size() == MAX_QUEUED || queuedBytes + size(version) > MAX_QUEUED_BYTES) {
      if (!queue.isEmpty()) {
        live = false;
        missed = true;
        next = number;
        lagsFrom = version.modRevision;
        return false;
      }
    }
    queue.add(version);
    queuedBytes += size(version);
    boolean first = !toWake;
    toWake = true;
    return first;
  }

  static int size(Version version) {
    return version.key.length() + version.value.length();
  }

  /** Tells what is queued to who waits for it. */
  void wake() {
    CompletableFuture<WatchBatch> later;
    WatchBatch batch;
    Failure failed;
    synchronized (this) {
      toWake = false;
      later = waiting;
      batch = later == null ? null : drain();
      failed = failure;
      if (later == null || (batch == null && failed == null)) {
        return;
      }
      waiting = null;
    }
    if (batch != null) {
      later.complete(batch);
    } else if (failed != null) {
      later.completeExceptionally(failed);
    }
  }

  private @Nullable WatchBatch drain() {
    long published = hub.published();
    List<KvEvent> events = new ArrayList<>(Math.min(queue.size(), MAX_BATCH));
    long last = 0;
    Version head = queue.peek();
    while (head != null && head.modRevision <= published && events.size() < MAX_BATCH) {
      if (!tell(head, events)) {
        break;
      }
      queue.remove();
      queuedBytes -= size(head);
      last = head.modRevision;
      head = queue.peek();
    }
    if (events.isEmpty()) {
      return null;
    }
    heard = true;
    told = Math.max(told, toldAfter(last, head, published));
    return new WatchBatch(told, events);
  }

  /** False, and the cursor is at its end, if the values were let go of meanwhile. */
  private boolean tell(Version version, List<KvEvent> events) {
    try {
      return events.add(version.event(request.previous()));
    } catch (ValueGoneException | ValueFaultException e) {
      failure = compacted();
      live = false;
      return false;
    }
  }

  private long toldAfter(long last, @Nullable Version head, long published) {
    if (head == null && live) {
      return published;
    }
    long following = head == null ? lagsFrom : head.modRevision;
    return following == last ? last - 1 : last;
  }

  /**
   * Ends the cursor if it lacks changes that are gone with the state before; otherwise lets it go
   * on, without telling again what it knows.
   */
  void replaced(long before, Versions after) {
    long compacted = after.oldestRevision();
    CompletableFuture<WatchBatch> later = null;
    Failure gone;
    synchronized (this) {
      replacements++;
      versions = after;
      long wanted = Math.max(minRevision, (live ? before : told) + 1);
      gone = compacted();
      if (wanted > compacted || failure != null) {
        minRevision = wanted;
        return;
      }
      failure = gone;
      live = false;
      later = waiting;
      waiting = null;
    }
    if (later != null) {
      later.completeExceptionally(gone);
    }
  }

  /** Tells the revision reached if the cursor waits for longer than it asked to. */
  void tellProgress(long nanoTime) {
    CompletableFuture<WatchBatch> later;
    WatchBatch batch;
    synchronized (this) {
      if (heard) {
        heard = false;
        heardAt = nanoTime;
      }
      later = waiting;
      if (later == null || nanoTime - heardAt < request.progress().toNanos()) {
        return;
      }
      batch = drain();
      if (batch == null) {
        told = Math.max(told, hub.published());
        batch = new WatchBatch(told, List.of());
        heardAt = nanoTime;
      }
      waiting = null;
    }
    later.complete(batch);
  }

  /** Ends it; who waits fails with {@code UNAVAILABLE}. */
  void close() {
    CompletableFuture<WatchBatch> later;
    Failure closed = new Failure(FailureCode.UNAVAILABLE, "the watch was closed");
    synchronized (this) {
      failure = closed;
      live = false;
      queue.clear();
      queuedBytes = 0;
      later = waiting;
      waiting = null;
    }
    hub.remove(this);
    if (later != null) {
      later.completeExceptionally(closed);
    }
  }
}
