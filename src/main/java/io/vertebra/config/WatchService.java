package io.vertebra.config;

import static io.vertebra.api.FailureCode.UNAVAILABLE;

import io.vertebra.api.Failure;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Tells the watchers of this node what changed. A change is worked out once for all that see the
 * same; those who do not see it are not woken. Safe for any thread.
 */
final class WatchService {
  private static final int MAX_SHARED = 1024;

  private final Map<String, Channel> channels = new HashMap<>();
  private final AtomicInteger watchers = new AtomicInteger();
  private final Function<String, Optional<Namespace>> present;

  /**
   * Asks for what is present when a watch opens, since a change may have come before there was
   * anybody to tell.
   */
  WatchService(Function<String, Optional<Namespace>> present) {
    this.present = present;
  }

  /** How many are open. */
  int watchers() {
    return watchers.get();
  }

  /**
   * Opens a watch that knows all up to {@code from}.
   *
   * @param first what it is told at first
   */
  ConfigWatch open(Namespace from, WatchConfig wanted, Optional<ConfigBatch> first) {
    Channel channel;
    ConfigWatch opened;
    synchronized (channels) {
      channel = channels.computeIfAbsent(from.name(), name -> new Channel(from));
      opened = channel.open(from, wanted, first);
    }
    present.apply(from.name()).ifPresent(channel::reach);
    return opened;
  }

  /** Tells of a namespace that changed. */
  void changed(Namespace next) {
    Channel channel;
    synchronized (channels) {
      channel = channels.get(next.name());
    }
    if (channel != null) {
      channel.changed(next);
    }
  }

  private void left(String namespace) {
    synchronized (channels) {
      Channel channel = channels.get(namespace);
      if (channel != null && channel.isEmpty()) {
        channels.remove(namespace);
      }
    }
  }

  /** What {@code wanted} sees differently in two states of a namespace, of some keys. */
  static ConfigBatch batch(
      @Nullable Namespace before, Namespace after, Set<String> keys, WatchConfig wanted) {
    List<Item> items = new ArrayList<>();
    List<String> removed = new ArrayList<>();
    for (String key : keys) {
      if (wanted.wants(key)) {
        Optional<Entry> then =
            before == null
                ? Optional.empty()
                : before.see(key, wanted.audience()).map(Namespace.Seen::entry);
        Optional<Namespace.Seen> now = after.see(key, wanted.audience());
        if (now.isEmpty() && (before == null || then.isPresent())) {
          removed.add(key);
        } else if (now.isPresent() && !now.map(Namespace.Seen::entry).equals(then)) {
          items.add(Item.of(now.get()));
        }
      }
    }
    return new ConfigBatch(after.name(), after.revision(), items, removed);
  }

  /** The watchers of one namespace. */
  private final class Channel {
    private final Set<Watcher> open = new LinkedHashSet<>();
    private final Map<Long, Set<String>> changed = new HashMap<>();
    private final Map<Shared, ConfigBatch> shared = new HashMap<>();
    private Namespace latest;

    private record Shared(long before, WatchConfig wanted) {}

    Channel(Namespace latest) {
      this.latest = latest;
    }

    synchronized ConfigWatch open(Namespace from, WatchConfig wanted, Optional<ConfigBatch> first) {
      if (from.version() > latest.version()) {
        become(from);
      }
      Watcher watcher = new Watcher(this, from, wanted.from(0), first);
      open.add(watcher);
      watchers.incrementAndGet();
      return watcher;
    }

    synchronized boolean isEmpty() {
      return open.isEmpty();
    }

    void close(Watcher watcher) {
      synchronized (this) {
        if (!open.remove(watcher)) {
          return;
        }
      }
      watchers.decrementAndGet();
      left(latest.name());
    }

    synchronized void reach(Namespace now) {
      if (now.version() > latest.version()) {
        become(now);
      }
    }

    private void become(Namespace next) {
      latest = next;
      changed.clear();
      shared.clear();
    }

    void changed(Namespace next) {
      List<Runnable> due = new ArrayList<>();
      synchronized (this) {
        become(next);
        for (Watcher watcher : open) {
          watcher.wake(due);
        }
      }
      due.forEach(Runnable::run);
    }

    /** What a watcher has to be told; for the holder of the lock. */
    ConfigBatch since(Namespace told, WatchConfig wanted) {
      Shared key = new Shared(told.version(), wanted);
      ConfigBatch batch = shared.get(key);
      if (batch == null) {
        Set<String> keys =
            changed.computeIfAbsent(told.version(), version -> latest.changedSince(told));
        batch = batch(told, latest, keys, wanted);
        if (shared.size() < MAX_SHARED) {
          shared.put(key, batch);
        }
      }
      return batch;
    }
  }

  /** One watcher; guarded by its channel. */
  private static final class Watcher implements ConfigWatch {
    private final Channel channel;
    private final WatchConfig wanted;
    private Namespace told;
    private Optional<ConfigBatch> first;
    private @Nullable Promise<ConfigBatch> waiting;
    private boolean closed;

    Watcher(Channel channel, Namespace told, WatchConfig wanted, Optional<ConfigBatch> first) {
      this.channel = channel;
      this.told = told;
      this.wanted = wanted;
      this.first = first;
    }

    @Override
    public Future<ConfigBatch> next() {
      synchronized (channel) {
        if (closed) {
          return closed();
        }
        Optional<ConfigBatch> ready = first.isPresent() ? first : news();
        first = Optional.empty();
        if (ready.isPresent()) {
          return Future.succeededFuture(ready.get());
        }
        Promise<ConfigBatch> later = Promise.promise();
        waiting = later;
        return later.future();
      }
    }

    private Optional<ConfigBatch> news() {
      if (told.version() == channel.latest.version()) {
        return Optional.empty();
      }
      ConfigBatch batch = channel.since(told, wanted);
      told = channel.latest;
      return batch.isEmpty() ? Optional.empty() : Optional.of(batch);
    }

    void wake(List<Runnable> due) {
      Promise<ConfigBatch> later = waiting;
      if (later != null) {
        news()
            .ifPresent(
                batch -> {
                  waiting = null;
                  due.add(() -> later.tryComplete(batch));
                });
      }
    }

    @Override
    public long revision() {
      synchronized (channel) {
        return told.revision();
      }
    }

    @Override
    public void close() {
      Promise<ConfigBatch> later;
      synchronized (channel) {
        closed = true;
        later = waiting;
        waiting = null;
      }
      channel.close(this);
      if (later != null) {
        later.tryFail(new Failure(UNAVAILABLE, "the watch was closed"));
      }
    }

    private static Future<ConfigBatch> closed() {
      return Failure.future(UNAVAILABLE, "the watch was closed");
    }
  }
}
