package io.vertebra.registry;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertebra.api.Fields;
import io.vertebra.registry.CheckDefinition.Http;
import io.vertebra.registry.CheckDefinition.Tcp;
import io.vertebra.ring.Hashing;
import io.vertebra.ring.Rendezvous;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs this node's share of the checks over HTTP and TCP. Every check has one owner among the nodes
 * that are there, so each runs once; when a node goes, the others share what it had. What was found
 * is written only if the check is as it was when it was asked for. Its methods are called by one
 * event loop.
 */
final class CheckJob {
  /** How soon a check runs first; they are spread over this time. */
  private static final Duration FIRST_WITHIN = Duration.ofSeconds(1);

  private static final Logger LOG = LoggerFactory.getLogger(CheckJob.class);

  private final RegistryStore store;
  private final StoredRegistryService service;
  private final Function<CheckDefinition, Future<Finding>> probe;
  private final RegistryOptions.Checks options;
  private final LongSupplier nanoTime;
  private final Supplier<List<String>> members;
  private final String self;
  private final Map<CheckStatus, Counter> runs = new EnumMap<>(CheckStatus.class);
  private final Map<ItemKey, Turn> turns = new HashMap<>();
  private final PriorityQueue<Turn> due =
      new PriorityQueue<>(Comparator.comparingLong(turn -> turn.at - turn.base));
  private List<String> sharers = List.of();
  private volatile boolean stale = true;
  private final AtomicInteger running = new AtomicInteger();
  private volatile int owned;

  /** A check of this node's and when it is due. */
  private static final class Turn {
    private final ItemKey key;
    private final CheckDefinition definition;

    /** Any time of this run, to compare others with: they may overflow. */
    private final long base;

    private long at;
    private long lastOutput;

    Turn(ItemKey key, CheckDefinition definition, long base, long at, long lastOutput) {
      this.key = key;
      this.definition = definition;
      this.base = base;
      this.at = at;
      this.lastOutput = lastOutput;
    }
  }

  private final long started;

  /**
   * @param members names of the nodes that run checks, this one included
   * @param self the name of this one
   */
  CheckJob(
      RegistryStore store,
      StoredRegistryService service,
      Function<CheckDefinition, Future<Finding>> probe,
      RegistryOptions.Checks options,
      LongSupplier nanoTime,
      Supplier<List<String>> members,
      String self) {
    this.store = store;
    this.service = service;
    this.probe = probe;
    this.options = options;
    this.nanoTime = nanoTime;
    this.members = members;
    this.self = self;
    this.started = nanoTime.getAsLong();
  }

  void measure(MeterRegistry meters) {
    Gauge.builder("vertebra.registry.checks.owned", this, job -> job.owned)
        .description("Checks that this node runs")
        .register(meters);
    Gauge.builder("vertebra.registry.checks.running", this, CheckJob::running)
        .description("Checks under way on this node")
        .register(meters);
    for (CheckStatus status : CheckStatus.values()) {
      runs.put(
          status,
          Counter.builder("vertebra.registry.check.runs")
              .description("Checks run by this node, by what was found")
              .tag("status", Fields.word(status))
              .register(meters));
    }
  }

  /** Checks under way; safe for any thread. */
  int running() {
    return running.get();
  }

  /** Says that checks or members are others than before; safe for any thread. */
  void changed() {
    stale = true;
  }

  /** To be called ten times a second. */
  void tick() {
    if (!options.enabled()) {
      return;
    }
    long now = nanoTime.getAsLong();
    if (stale) {
      stale = false;
      share(now);
    }
    while (running.get() < options.maxConcurrent() && isDue(due.peek(), now)) {
      run(due.remove());
    }
  }

  private static boolean isDue(@Nullable Turn turn, long now) {
    return turn != null && turn.at - now <= 0;
  }

  /** Finds out which checks are this node's. */
  private void share(long now) {
    List<String> present = members.get();
    if (!present.equals(sharers)) {
      LOG.info("registry.checks shared nodes={}", present.size());
      sharers = present;
    }
    Rendezvous<String> ring =
        Rendezvous.of(
            present.stream().map(name -> new io.vertebra.ring.Node<>(name, 1, name)).toList());
    Set<ItemKey> mine = new HashSet<>();
    for (Check check : store.look(CheckJob::runnable)) {
      ItemKey key = new ItemKey(check.node(), check.id());
      long hash = Hashing.of(key.node() + "\0" + key.id());
      if (ring.owner(hash).equals(self)) {
        mine.add(key);
        take(key, check.definition(), hash, now);
      }
    }
    turns.keySet().retainAll(mine);
    due.removeIf(turn -> turns.get(turn.key) != turn);
    owned = turns.size();
  }

  private static List<Check> runnable(Catalog catalog) {
    return catalog.checks().stream()
        .map(entry -> entry.value().check())
        .filter(check -> CheckProbe.isRun(check.definition()))
        .toList();
  }

  private void take(ItemKey key, CheckDefinition definition, long hash, long now) {
    Turn present = turns.get(key);
    if (present == null || !present.definition.equals(definition)) {
      long spread = Math.min(FIRST_WITHIN.toNanos(), interval(definition));
      long offset = Math.floorMod(hash, spread);
      Turn turn =
          new Turn(
              key, definition, started, now + offset, now - options.outputInterval().toNanos());
      turns.put(key, turn);
      due.add(turn);
    }
  }

  private static long interval(CheckDefinition definition) {
    if (definition instanceof Http http) {
      return http.interval().toNanos();
    }
    return definition instanceof Tcp tcp ? tcp.interval().toNanos() : Long.MAX_VALUE;
  }

  private void run(Turn turn) {
    Entry<HealthCheck> seen = store.look(catalog -> catalog.check(turn.key));
    if (turns.get(turn.key) != turn || seen == null) {
      return;
    }
    long begun = nanoTime.getAsLong();
    int unused = running.incrementAndGet();
    probe
        .apply(turn.definition)
        .compose(finding -> tell(turn, seen, finding))
        .onFailure(cause -> LOG.debug("registry.check not written check={}", turn.key, cause))
        .onComplete(
            done -> {
              turn.at = begun + interval(turn.definition);
              if (turns.get(turn.key) == turn) {
                due.add(turn);
              }
              int left = running.decrementAndGet();
              LOG.trace("registry.check done left={}", left);
            });
  }

  private Future<Boolean> tell(Turn turn, Entry<HealthCheck> seen, Finding finding) {
    Counter counter = runs.get(finding.status());
    if (counter != null) {
      counter.increment();
    }
    CheckState before = seen.value().state();
    CheckState after = new CheckState(finding.status(), finding.output(), before.since());
    long now = nanoTime.getAsLong();
    boolean tooSoon = now - turn.lastOutput < options.outputInterval().toNanos();
    boolean sameStatus = before.status() == after.status();
    if (after.equals(before) || (sameStatus && tooSoon) || turns.get(turn.key) != turn) {
      return Future.succeededFuture(false);
    }
    turn.lastOutput = now;
    return service.found(seen, finding.status(), finding.output());
  }
}
