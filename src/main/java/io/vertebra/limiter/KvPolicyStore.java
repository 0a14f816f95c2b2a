package io.vertebra.limiter;

import static io.vertebra.api.FailureCode.CONFLICT;
import static io.vertebra.api.FailureCode.NOT_FOUND;
import static io.vertebra.api.FailureCode.STALE;
import static io.vertebra.api.FailureCode.UNAVAILABLE;

import io.vertebra.api.Failure;
import io.vertebra.api.Fields;
import io.vertebra.kv.Bytes;
import io.vertebra.kv.Compare;
import io.vertebra.kv.KeyRange;
import io.vertebra.kv.KvEntry;
import io.vertebra.kv.KvEvent;
import io.vertebra.kv.KvService;
import io.vertebra.kv.Op;
import io.vertebra.kv.RangeResult;
import io.vertebra.kv.RangeWatch;
import io.vertebra.kv.Txn;
import io.vertebra.kv.WatchBatch;
import io.vertebra.kv.WatchRequest;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Policies that all nodes share, in the kv store, over those of this node's options. Each node
 * follows them, so that a decision needs no look-up elsewhere.
 */
final class KvPolicyStore implements RangeWatch.Follower {
  private static final Logger LOG = LoggerFactory.getLogger(KvPolicyStore.class);
  private static final String PREFIX = "\0limiter/policy/";
  private static final KeyRange RANGE = KeyRange.prefix(Bytes.utf8(PREFIX));
  private static final long CATCH_UP_MS = 5_000;

  private final KvService kv;
  private final Map<String, Policy> configured;
  private final Consumer<Map<String, StoredPolicy>> listener;
  private final RangeWatch follower;
  private final List<Waiting> waiting = new ArrayList<>();
  private volatile Map<String, StoredPolicy> current;
  private long reached;

  private record Waiting(long revision, Promise<Void> promise) {}

  /**
   * @param listener told of all policies whenever they change
   */
  KvPolicyStore(
      Vertx vertx,
      KvService kv,
      Map<String, Policy> configured,
      Consumer<Map<String, StoredPolicy>> listener) {
    this.kv = kv;
    this.configured = configured;
    this.listener = listener;
    this.current = withConfigured();
    this.follower = new RangeWatch(vertx, kv, WatchRequest.of(RANGE), "limiter.policies", this);
  }

  private Map<String, StoredPolicy> withConfigured() {
    Map<String, StoredPolicy> all = new TreeMap<>();
    configured.forEach((name, policy) -> all.put(name, new StoredPolicy(policy, 1)));
    return all;
  }

  void start() {
    follower.start();
  }

  void stop() {
    follower.stop();
  }

  /** The policies in force on this node. */
  Map<String, StoredPolicy> current() {
    return current;
  }

  @Override
  public Future<?> replace(RangeResult all) {
    Map<String, StoredPolicy> next = withConfigured();
    all.entries().forEach(entry -> put(next, entry));
    return adopt(next, all.revision());
  }

  @Override
  public Future<?> change(WatchBatch batch) {
    Map<String, StoredPolicy> next = new TreeMap<>(current);
    for (KvEvent event : batch.events()) {
      if (event.type() == KvEvent.Type.PUT) {
        put(next, event.entry());
      } else {
        remove(next, name(event.entry()));
      }
    }
    return adopt(next, batch.revision());
  }

  private void remove(Map<String, StoredPolicy> next, String name) {
    Policy before = configured.get(name);
    if (before == null) {
      next.remove(name);
    } else {
      next.put(name, new StoredPolicy(before, 1));
    }
  }

  /** A policy that this version cannot read must not keep the others from being followed. */
  private static void put(Map<String, StoredPolicy> next, KvEntry entry) {
    try {
      next.put(name(entry), read(entry));
    } catch (RuntimeException unreadable) {
      LOG.error("limiter.policy unreadable name={}", name(entry), unreadable);
    }
  }

  private Future<?> adopt(Map<String, StoredPolicy> next, long revision) {
    List<Waiting> done = new ArrayList<>();
    synchronized (this) {
      current = next;
      reached = revision;
      for (Iterator<Waiting> each = waiting.iterator(); each.hasNext(); ) {
        Waiting one = each.next();
        if (one.revision() <= revision) {
          done.add(one);
          each.remove();
        }
      }
    }
    listener.accept(next);
    done.forEach(each -> each.promise().tryComplete());
    return Future.succeededFuture();
  }

  private synchronized Future<Void> upTo(long revision) {
    if (reached >= revision) {
      return Future.succeededFuture();
    }
    Waiting one = new Waiting(revision, Promise.promise());
    waiting.add(one);
    return one.promise()
        .future()
        .timeout(CATCH_UP_MS, TimeUnit.MILLISECONDS)
        .onFailure(late -> forget(one))
        .recover(late -> Failure.future(UNAVAILABLE, "written, but not yet in force here"));
  }

  private synchronized void forget(Waiting one) {
    waiting.remove(one);
  }

  Future<StoredPolicy> get(String name) {
    return kv.get(key(name))
        .compose(
            entry -> {
              Optional<StoredPolicy> ofOptions =
                  Optional.ofNullable(configured.get(name))
                      .map(policy -> new StoredPolicy(policy, 1));
              return entry
                  .map(KvPolicyStore::read)
                  .or(() -> ofOptions)
                  .map(Future::succeededFuture)
                  .orElseGet(() -> Failure.future(NOT_FOUND, "there is no policy " + name));
            });
  }

  Future<List<StoredPolicy>> list() {
    return kv.all(RANGE)
        .map(
            all -> {
              Map<String, StoredPolicy> found = withConfigured();
              all.entries().forEach(entry -> put(found, entry));
              return List.copyOf(found.values());
            });
  }

  Future<StoredPolicy> put(WritePolicy<Policy> change) {
    Policy policy = change.value();
    if (!current.containsKey(policy.name()) && current.size() >= LimiterOptions.MOST_POLICIES) {
      return Failure.future(CONFLICT, "there are as many policies as there can be");
    }
    for (String parent : policy.parents()) {
      if (!current.containsKey(parent)) {
        return Future.failedFuture(Failure.invalid("/parents", parent + " is not there"));
      }
    }
    Op put = Op.put(key(policy.name()), Bytes.utf8(policy.toJson().encode()));
    return write(policy.name(), change, put).map(revision -> new StoredPolicy(policy, revision));
  }

  Future<Long> delete(WritePolicy<String> change) {
    String name = change.value();
    for (StoredPolicy other : current.values()) {
      if (other.policy().parents().contains(name)) {
        return Failure.future(CONFLICT, name + " is named by " + other.policy().name());
      }
    }
    return write(name, change, Op.delete(key(name)));
  }

  private Future<Long> write(String name, WritePolicy<?> change, Op op) {
    boolean removes = op instanceof Op.Delete;
    List<Compare> compares = new ArrayList<>();
    change
        .ifRevision()
        .ifPresent(wanted -> compares.add(Compare.modifiedAt(key(name), stored(name, wanted))));
    if (removes) {
      compares.add(Compare.exists(key(name)));
    }
    Txn txn = new Txn(compares, List.of(op), List.of(Op.get(key(name))), Optional.empty(), "");
    return kv.txn(change.guard().on(txn))
        .compose(
            result ->
                result.succeeded()
                    ? upTo(result.revision()).map(result.revision())
                    : refused(name, change.ifRevision().isEmpty()));
  }

  /** What the store has when this is what a caller saw; a policy of the options is not there. */
  private long stored(String name, long seen) {
    boolean ofOptions = configured.containsKey(name);
    if (seen == 0 && ofOptions) {
      return Long.MAX_VALUE;
    }
    return seen == 1 && ofOptions ? 0 : seen;
  }

  private <T> Future<T> refused(String name, boolean unconditional) {
    if (!unconditional) {
      return Failure.future(STALE, "policy " + name + " is not at the revision expected");
    }
    return configured.containsKey(name)
        ? Failure.future(CONFLICT, "policy " + name + " is of the options: remove it there")
        : Failure.future(NOT_FOUND, "there is no policy " + name);
  }

  private static StoredPolicy read(KvEntry entry) {
    JsonObject json = new JsonObject(entry.value().toString());
    return new StoredPolicy(Policy.from(Fields.of(json)), entry.modRevision());
  }

  private static Bytes key(String name) {
    return Bytes.utf8(PREFIX + name);
  }

  private static String name(KvEntry entry) {
    return entry.key().toString().substring(PREFIX.length());
  }
}
