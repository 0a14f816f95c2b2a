package io.vertebra.lock;

import io.vertebra.kv.KvEntry;
import io.vertebra.kv.KvEvent;
import io.vertebra.lock.LockKeys.Parsed;
import io.vertebra.lock.LockKeys.Part;
import io.vertebra.lock.LockQueue.Place;
import io.vertebra.lock.LockQueue.Share;
import io.vertebra.lock.LockValues.Stored;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * What this node was told of those who wait and those who share, up to a revision. Its size is that
 * of the queues of the cluster, which are limited, and of the shared holdings. Safe for any thread.
 */
final class LockMirror {
  private final Map<String, LockQueue> queues = new HashMap<>();
  private long revision;
  private int waiting;

  /** A queue and the revision up to which it was told. */
  record View(LockQueue queue, long revision) {}

  /** A place and the name it is of. */
  record Named(String name, Place place) {}

  /**
   * What a number of changes came to.
   *
   * @param entered places that were taken
   * @param served holdings that were granted to places
   * @param left places that are no more, for whatever reason
   * @param freed names of which a holder or a place went
   */
  record News(List<Named> entered, List<Stored> served, List<Named> left, Set<String> freed) {

    static News none() {
      return new News(
          new ArrayList<>(), new ArrayList<>(), new ArrayList<>(), new LinkedHashSet<>());
    }
  }

  /** Asks about a name; the queue must not be kept. */
  synchronized <T> T ask(String name, Function<View, T> question) {
    LockQueue queue = queues.get(name);
    return question.apply(new View(queue == null ? new LockQueue() : queue, revision));
  }

  synchronized int waiting() {
    return waiting;
  }

  synchronized long revision() {
    return revision;
  }

  /** Begins anew, with what there is as of a revision: as if all of it had just come. */
  synchronized News load(List<KvEntry> entries, long asOf) {
    queues.clear();
    waiting = 0;
    News news = News.none();
    entries.forEach(entry -> put(entry, news));
    revision = asOf;
    return news;
  }

  synchronized News apply(List<KvEvent> events, long upTo) {
    News news = News.none();
    for (KvEvent event : events) {
      if (event.type() == KvEvent.Type.PUT) {
        put(event.entry(), news);
      } else {
        removed(LockKeys.parse(event.entry().key()), news);
      }
    }
    revision = Math.max(revision, upTo);
    return news;
  }

  private void put(KvEntry entry, News news) {
    Parsed key = LockKeys.parse(entry.key());
    if (key.part() == Part.WAITER) {
      Place place = LockValues.place(entry);
      queue(key.name()).enter(place);
      waiting++;
      news.entered().add(new Named(key.name(), place));
    } else if (key.part() == Part.OWNER || (key.part() == Part.EXCLUSIVE && isAwaited(key))) {
      Stored stored = LockValues.stored(entry);
      if (stored.ticket() != 0) {
        news.served().add(stored);
      }
      if (key.part() == Part.OWNER) {
        Holding holding = stored.holding();
        queue(key.name()).share(holding.token(), new Share(holding.owner(), holding.terms()));
      }
    }
  }

  /** Whether it may be news for somebody who waits. */
  private boolean isAwaited(Parsed key) {
    LockQueue queue = queues.get(key.name());
    return queue != null && queue.waiting() > 0;
  }

  private void removed(Parsed key, News news) {
    LockQueue queue = queues.get(key.name());
    if (queue == null) {
      return;
    }
    if (key.part() == Part.WAITER) {
      Optional<Place> left = queue.leave(key.number());
      if (left.isPresent()) {
        waiting--;
        news.left().add(new Named(key.name(), left.get()));
      }
    } else if (key.part() == Part.OWNER) {
      queue.unshare(key.rest());
    }
    if (queue.isEmpty()) {
      LockQueue unused = queues.remove(key.name());
    } else {
      news.freed().add(key.name());
    }
  }

  private LockQueue queue(String name) {
    return queues.computeIfAbsent(name, unused -> new LockQueue());
  }
}
