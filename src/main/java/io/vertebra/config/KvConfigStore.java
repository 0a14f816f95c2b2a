package io.vertebra.config;

import static io.vertebra.api.FailureCode.UNAVAILABLE;

import io.vertebra.api.Failure;
import io.vertebra.kv.Bytes;
import io.vertebra.kv.KeyRange;
import io.vertebra.kv.KvEntry;
import io.vertebra.kv.KvEvent;
import io.vertebra.kv.KvService;
import io.vertebra.kv.RangeRequest;
import io.vertebra.kv.RangeResult;
import io.vertebra.kv.RangeWatch;
import io.vertebra.kv.WatchBatch;
import io.vertebra.kv.WatchRequest;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Configuration that all nodes share, in the kv store. This node follows it by one watch and keeps
 * it decoded; a read asks the store for no more than how far that has to be. Every commit writes
 * the head of its namespace, and only if that is as it was.
 */
final class KvConfigStore implements ConfigStore, RangeWatch.Follower {
  private static final Logger LOG = LoggerFactory.getLogger(KvConfigStore.class);
  private static final long CATCH_UP_MS = 5_000;

  private final Vertx vertx;
  private final KvService kv;
  private final List<Consumer<Namespace>> listeners = new ArrayList<>();
  private final List<Waiting> waiting = new ArrayList<>();
  private final Map<String, KvParts> parts = new HashMap<>();
  private final List<KvEvent> early = new ArrayList<>();
  private final Map<String, Namespace> present = new ConcurrentHashMap<>();
  private final RangeWatch stored;

  private record Waiting(String namespace, long version, Promise<Namespace> promise) {}

  KvConfigStore(Vertx vertx, KvService kv) {
    this.vertx = vertx;
    this.kv = kv;
    this.stored = new RangeWatch(vertx, kv, WatchRequest.of(KvKeys.ALL_LIVE), "config.store", this);
  }

  /** Reads what is stored and follows it from then on. */
  void start() {
    stored.start();
  }

  void stop() {
    stored.stop();
  }

  @Override
  public Future<?> replace(RangeResult all) {
    return vertx.executeBlocking(() -> load(all));
  }

  @Override
  public Future<?> change(WatchBatch batch) {
    return vertx.executeBlocking(() -> apply(batch));
  }

  @Override
  public Future<Namespace> read(String namespace) {
    return kv.get(KvKeys.head(namespace))
        .compose(head -> upTo(namespace, head.map(KvEntry::modRevision).orElse(0L)));
  }

  @Override
  public Future<List<String>> names(String after, int limit) {
    KeyRange names = KeyRange.prefix(Bytes.utf8(KvKeys.NAMES));
    KeyRange rest = new KeyRange(KvKeys.name(after).successor(), names.to());
    return kv.range(RangeRequest.all(rest).limited(limit))
        .map(
            result ->
                result.entries().stream()
                    .map(entry -> entry.key().toString().substring(KvKeys.NAMES.length()))
                    .toList());
  }

  @Override
  public Future<Optional<Namespace>> commit(Commit commit) {
    return Future.succeededFuture(commit)
        .map(KvSteps::txn)
        .compose(kv::txn)
        .compose(
            result ->
                result.succeeded()
                    ? upTo(commit.before().name(), result.revision()).map(Optional::of)
                    : Future.succeededFuture(Optional.empty()));
  }

  @Override
  public Future<List<Released>> releases(String namespace, long after) {
    return kv.all(KvKeys.releases(namespace, after, Long.MAX_VALUE))
        .map(
            read ->
                read.entries().stream()
                    .map(entry -> Released.from(new JsonObject(entry.value().toString())))
                    .toList());
  }

  @Override
  public Future<List<Past>> past(String namespace, long after) {
    return kv.all(KvKeys.past(namespace, after, Long.MAX_VALUE))
        .map(read -> read.entries().stream().map(entry -> KvKeys.past(namespace, entry)).toList());
  }

  @Override
  public synchronized void watch(Consumer<Namespace> listener) {
    listeners.add(listener);
  }

  @Override
  public Optional<Namespace> present(String namespace) {
    return Optional.ofNullable(present.get(namespace));
  }

  @Override
  public int count() {
    return present.size();
  }

  /** The namespace once this node has everything of it up to a revision of the store. */
  private Future<Namespace> upTo(String namespace, long version) {
    Promise<Namespace> promise = Promise.promise();
    synchronized (this) {
      Namespace now = present.get(namespace);
      if (now != null && now.version() >= version) {
        return Future.succeededFuture(now);
      }
      if (version == 0) {
        return Future.succeededFuture(Namespace.none(namespace));
      }
      waiting.add(new Waiting(namespace, version, promise));
    }
    return promise
        .future()
        .timeout(CATCH_UP_MS, TimeUnit.MILLISECONDS)
        .recover(cause -> behind(promise));
  }

  private Future<Namespace> behind(Promise<Namespace> promise) {
    synchronized (this) {
      waiting.removeIf(each -> each.promise() == promise);
    }
    return Failure.future(UNAVAILABLE, "this node is behind with the configuration");
  }

  private long load(RangeResult read) {
    parts.clear();
    early.clear();
    for (KvEntry entry : read.entries()) {
      KvKeys.Part part = KvKeys.part(entry.key());
      parts.computeIfAbsent(part.namespace(), KvParts::new).put(part, entry);
    }
    Set<String> gone = new LinkedHashSet<>(present.keySet());
    gone.removeAll(parts.keySet());
    gone.forEach(name -> publish(Namespace.none(name)));
    parts.values().forEach(each -> publish(each.build()));
    return read.revision();
  }

  /** Applies what is whole of a batch, and keeps the rest for the next one. */
  private long apply(WatchBatch batch) {
    early.addAll(batch.events());
    Set<String> changed = new LinkedHashSet<>();
    early.removeIf(
        event -> {
          boolean whole = event.entry().modRevision() <= batch.revision();
          if (whole) {
            changed.add(apply(event));
          }
          return whole;
        });
    changed.forEach(name -> publish(parts.computeIfAbsent(name, KvParts::new).build()));
    return batch.revision();
  }

  private String apply(KvEvent event) {
    KvKeys.Part part = KvKeys.part(event.entry().key());
    KvParts all = parts.computeIfAbsent(part.namespace(), KvParts::new);
    if (event.type() == KvEvent.Type.PUT) {
      all.put(part, event.entry());
    } else {
      all.remove(part);
    }
    return part.namespace();
  }

  private void publish(Namespace next) {
    List<Promise<Namespace>> done = new ArrayList<>();
    synchronized (this) {
      if (next.version() == 0) {
        present.remove(next.name());
      } else {
        present.put(next.name(), next);
      }
      waiting.removeIf(
          each -> {
            boolean reached =
                each.namespace().equals(next.name()) && each.version() <= next.version();
            if (reached) {
              done.add(each.promise());
            }
            return reached;
          });
      listeners.forEach(listener -> tell(listener, next));
    }
    done.forEach(promise -> promise.tryComplete(next));
  }

  private static void tell(Consumer<Namespace> listener, Namespace next) {
    try {
      listener.accept(next);
    } catch (RuntimeException failure) {
      LOG.error("config.watch failed namespace={}", next.name(), failure);
    }
  }
}
