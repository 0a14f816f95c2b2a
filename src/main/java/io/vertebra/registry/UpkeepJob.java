package io.vertebra.registry;

import io.vertebra.api.Failure;
import io.vertebra.api.FailureCode;
import io.vertebra.kv.Bytes;
import io.vertebra.kv.Compare;
import io.vertebra.kv.Guard;
import io.vertebra.kv.Op;
import io.vertebra.kv.Txn;
import io.vertebra.registry.CheckDefinition.Ttl;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the registry does by itself, on the node that leads: makes checks critical that nobody
 * reported in time, removes instances that were critical too long, and forgets the indexes of what
 * is long gone. Its methods are called by one event loop.
 */
final class UpkeepJob {
  /** Most indexes of what is there no more. */
  static final int MAX_GONE = 10_000;

  private static final int FORGOTTEN_AT_ONCE = 50;
  private static final Logger LOG = LoggerFactory.getLogger(UpkeepJob.class);

  private final RegistryStore store;
  private final StoredRegistryService service;
  private final LongSupplier nanoTime;
  private final int maxGone;

  /** Since when this node knows checks to be critical of which instances are to be removed. */
  private final Map<ItemKey, Long> critical = new HashMap<>();

  private final Set<ItemKey> underWay = new HashSet<>();
  private volatile boolean stale = true;

  /**
   * @param maxGone most indexes of what is there no more
   */
  UpkeepJob(
      RegistryStore store, StoredRegistryService service, LongSupplier nanoTime, int maxGone) {
    this.store = store;
    this.service = service;
    this.nanoTime = nanoTime;
    this.maxGone = maxGone;
  }

  /** Says that checks are others than before; safe for any thread. */
  void changed() {
    stale = true;
  }

  /** To be called ten times a second. */
  void tick() {
    if (stale && store.leads()) {
      stale = false;
      judge();
    }
  }

  /** To be called once a second. */
  void tidy() {
    stale = true;
    List<Entry<HealthCheck>> late = late();
    if (store.leads()) {
      late.forEach(this::remove);
      forget();
    }
  }

  /** Makes checks critical whose time to live ended. */
  private void judge() {
    for (Entry<HealthCheck> each : store.look(UpkeepJob::expired)) {
      Check check = each.value().check();
      String output = "not reported for " + ((Ttl) check.definition()).ttl().toMillis() + " ms";
      ItemKey key = new ItemKey(check.node(), check.id());
      if (underWay.add(key)) {
        service
            .found(each, CheckStatus.CRITICAL, output)
            .onFailure(cause -> LOG.debug("registry.expiry failed check={}", key, cause))
            .onComplete(done -> underWay.remove(key));
      }
    }
  }

  private static List<Entry<HealthCheck>> expired(Catalog catalog) {
    return catalog.checks().stream()
        .filter(entry -> entry.value().check().definition() instanceof Ttl)
        .filter(entry -> entry.value().status() != CheckStatus.CRITICAL)
        .filter(entry -> catalog.lease(entry.value().check()) == 0)
        .toList();
  }

  /** Those that are critical for longer than they may be; every node counts the time itself. */
  private List<Entry<HealthCheck>> late() {
    long now = nanoTime.getAsLong();
    List<Entry<HealthCheck>> late = new ArrayList<>();
    Set<ItemKey> present = new HashSet<>();
    for (Entry<HealthCheck> entry : store.look(UpkeepJob::mortal)) {
      Check check = entry.value().check();
      ItemKey key = new ItemKey(check.node(), check.id());
      present.add(key);
      Duration time = Duration.ofNanos(now - critical.computeIfAbsent(key, first -> now));
      if (time.compareTo(check.deregisterAfter()) >= 0) {
        late.add(entry);
      }
    }
    critical.keySet().retainAll(present);
    return late;
  }

  private static List<Entry<HealthCheck>> mortal(Catalog catalog) {
    return catalog.checks().stream()
        .filter(entry -> entry.value().status() == CheckStatus.CRITICAL)
        .filter(entry -> !entry.value().check().deregisterAfter().isZero())
        .filter(entry -> !entry.value().check().instance().isEmpty())
        .toList();
  }

  private void remove(Entry<HealthCheck> late) {
    Check check = late.value().check();
    ItemKey key = new ItemKey(check.node(), check.instance());
    if (underWay.add(key)) {
      service
          .deregisterIfStill(late)
          .onSuccess(
              removed ->
                  LOG.info(
                      "registry.reaped instance={} node={} removed={}",
                      key.id(),
                      key.node(),
                      removed.changed()))
          .onFailure(cause -> LOG.debug("registry.reaping failed instance={}", key, cause))
          .onComplete(done -> underWay.remove(key));
    }
  }

  /**
   * Forgets the oldest indexes of what is gone. The revision of the newest one of them is the index
   * of all that has none, so that no index goes back.
   */
  private void forget() {
    Map<Topic, Long> gone = store.look(Catalog::forgettable);
    if (gone.size() <= maxGone) {
      return;
    }
    List<Map.Entry<Topic, Long>> oldest =
        gone.entrySet().stream()
            .sorted(Map.Entry.comparingByValue())
            .limit(FORGOTTEN_AT_ONCE)
            .toList();
    long floor = store.look(Catalog::floor);
    long last = Math.max(floor, oldest.get(oldest.size() - 1).getValue());
    List<Compare> compares = new ArrayList<>();
    List<Op> steps = new ArrayList<>();
    for (Map.Entry<Topic, Long> each : oldest) {
      Bytes key = RegistryKeys.topic(each.getKey());
      compares.add(Compare.modifiedAt(key, each.getValue()));
      steps.add(Op.delete(key));
    }
    steps.add(Op.put(RegistryKeys.FLOOR, Bytes.utf8(Long.toString(last))));
    store
        .change(new Txn(compares, steps, List.of(), Optional.empty(), Guard.NONE.idempotencyKey()))
        .onFailure(
            cause -> {
              if (Failure.of(cause).code() != FailureCode.UNAVAILABLE) {
                LOG.warn("registry.forgetting failed", cause);
              }
            });
  }
}
