package io.vertebra.config;

import io.vertebra.redis.RedisService;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Configuration that all nodes share, in Redis, in the same keys as in the kv store. This node
 * keeps what it read decoded, so that a read asks for no more than whether that is still so. It
 * hears of changes by a channel, and looks at everything when it may have missed some and every 5
 * seconds.
 */
final class RedisConfigStore implements ConfigStore {
  private static final Logger LOG = LoggerFactory.getLogger(RedisConfigStore.class);
  private static final Duration LOOK = Duration.ofSeconds(5);
  private static final int NAMES_AT_ONCE = 1_000;

  private final Vertx vertx;
  private final RedisService redis;
  private final RedisPartStore parts;
  private final Duration look;
  private final List<Consumer<Namespace>> listeners = new ArrayList<>();
  private final Map<String, Namespace> present = new ConcurrentHashMap<>();
  private Runnable deaf = () -> {};
  private long timer;
  private boolean looking;
  private boolean lookAgain;

  RedisConfigStore(Vertx vertx, RedisService redis) {
    this(vertx, redis, LOOK);
  }

  /**
   * @param look how often it looks at everything
   */
  RedisConfigStore(Vertx vertx, RedisService redis, Duration look) {
    this.vertx = vertx;
    this.redis = redis;
    this.look = look;
    this.parts = new RedisPartStore(redis);
  }

  /** Follows what is stored from now on. */
  void start() {
    deaf = redis.subscribe(RedisPartStore.CHANNEL, this::heard);
    timer = vertx.setPeriodic(look.toMillis(), due -> look());
    look();
  }

  void stop() {
    deaf.run();
    boolean unused = vertx.cancelTimer(timer);
  }

  @Override
  public Future<Namespace> read(String namespace) {
    Optional<Namespace> before = present(namespace);
    long known = before.map(Namespace::version).orElse(0L);
    return parts
        .whole(namespace, KvKeys.live(namespace), known)
        .compose(
            read ->
                before.isPresent() && read.revision() == known
                    ? Future.succeededFuture(before.get())
                    : vertx.executeBlocking(() -> put(decoded(namespace, read), known), false));
  }

  /** Numbers follow the server's clock, so that none is met again when Redis lost everything. */
  private static Namespace decoded(String name, RedisPartStore.Part read) {
    if (read.revision() == 0) {
      return Namespace.none(name).at(0, read.nowMicros());
    }
    KvParts all = new KvParts(name);
    read.entries().forEach(entry -> all.put(KvKeys.part(entry.key()), entry));
    return all.build();
  }

  @Override
  public Future<List<String>> names(String after, int limit) {
    return names(after, limit, new ArrayList<>());
  }

  /** A name is noted before the first commit, which may never have come. */
  private Future<List<String>> names(String after, int limit, List<String> found) {
    return parts
        .names(after, limit)
        .compose(
            noted ->
                written(noted, found)
                    .compose(
                        done ->
                            noted.size() < limit || found.size() >= limit
                                ? Future.succeededFuture(
                                    found.subList(0, Math.min(limit, found.size())))
                                : names(noted.get(noted.size() - 1), limit, found)));
  }

  private Future<Void> written(List<String> noted, List<String> found) {
    Future<Void> all = Future.succeededFuture();
    for (String name : noted) {
      all =
          all.compose(
                  done -> present(name).map(Future::succeededFuture).orElseGet(() -> read(name)))
              .map(
                  namespace -> {
                    boolean unused = namespace.version() > 0 && found.add(name);
                    return null;
                  });
    }
    return all;
  }

  @Override
  public Future<Optional<Namespace>> commit(Commit commit) {
    String name = commit.before().name();
    Future<Void> noted =
        commit.before().version() == 0 ? parts.name(name) : Future.succeededFuture();
    return noted
        .map(done -> KvSteps.steps(commit))
        .compose(steps -> parts.commit(commit, steps))
        .map(
            version ->
                version.isEmpty()
                    ? Optional.empty()
                    : Optional.of(
                        put(
                            commit.after().at(version.getAsLong(), version.getAsLong() + 1),
                            commit.before().version())));
  }

  @Override
  public Future<List<Released>> releases(String namespace, long after) {
    return parts
        .history(namespace, KvKeys.releases(namespace, after, Long.MAX_VALUE))
        .map(
            read ->
                read.stream()
                    .map(entry -> Released.from(new JsonObject(entry.value().toString())))
                    .toList());
  }

  @Override
  public Future<List<Past>> past(String namespace, long after) {
    return parts
        .history(namespace, KvKeys.past(namespace, after, Long.MAX_VALUE))
        .map(read -> read.stream().map(entry -> KvKeys.past(namespace, entry)).toList());
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

  private void heard(String namespace) {
    if (namespace.isEmpty()) {
      look();
    } else {
      read(namespace)
          .onFailure(
              cause -> LOG.debug("config.read namespace={}: {}", namespace, cause.getMessage()));
    }
  }

  /** Reads all that changed; once more if it is asked to while it does. */
  private synchronized void look() {
    lookAgain = looking;
    if (!looking) {
      looking = true;
      allNames("", new TreeSet<>(present.keySet()))
          .compose(this::readAll)
          .onFailure(cause -> LOG.debug("config.look failed: {}", cause.getMessage()))
          .onComplete(done -> looked());
    }
  }

  private synchronized void looked() {
    looking = false;
    if (lookAgain) {
      look();
    }
  }

  private Future<Set<String>> allNames(String after, Set<String> all) {
    return parts
        .names(after, NAMES_AT_ONCE)
        .compose(
            names -> {
              all.addAll(names);
              return names.size() < NAMES_AT_ONCE
                  ? Future.succeededFuture(all)
                  : allNames(names.get(names.size() - 1), all);
            });
  }

  private Future<Void> readAll(Set<String> names) {
    Future<Void> all = Future.succeededFuture();
    for (String name : names) {
      all = all.compose(done -> read(name)).mapEmpty();
    }
    return all;
  }

  /**
   * Takes a namespace for the present one, unless a later one is known. An earlier one is taken
   * only if Redis went back: if nothing new was learned since it was asked.
   *
   * @param known version that was known then
   */
  private synchronized Namespace put(Namespace next, long known) {
    long held = present(next.name()).map(Namespace::version).orElse(0L);
    if (next.version() > held || (held == known && next.version() < held)) {
      if (next.version() == 0) {
        present.remove(next.name());
      } else {
        present.put(next.name(), next);
      }
      listeners.forEach(listener -> tell(listener, next));
    }
    return next;
  }

  private static void tell(Consumer<Namespace> listener, Namespace next) {
    try {
      listener.accept(next);
    } catch (RuntimeException failure) {
      LOG.error("config.watch failed namespace={}", next.name(), failure);
    }
  }
}
