package io.vertebra.balancer;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs the active checks of upstreams. Safe for any thread.
 *
 * <p>Guaranteed: at most one check of an endpoint is under way at a time, each ends within its
 * timeout, and none starts after the endpoint was removed (one under way may still be told to the
 * endpoint, where it matters no more).
 */
public final class HealthChecker {
  private static final Logger LOG = LoggerFactory.getLogger(HealthChecker.class);

  private final Vertx vertx;
  private final RandomGenerator random;
  private final Map<String, Watch> watches = new HashMap<>();

  public HealthChecker(Vertx vertx) {
    this(vertx, RandomGenerator.getDefault());
  }

  /**
   * @param random for the jitter; used by one thread at a time
   */
  HealthChecker(Vertx vertx, RandomGenerator random) {
    this.vertx = vertx;
    this.random = random;
  }

  /**
   * Checks the endpoints of an upstream from now on, in place of its older version if any. Those
   * that stay keep their rhythm unless the check itself changed; new ones are checked at once.
   */
  public synchronized void watch(LiveUpstream upstream) {
    String name = upstream.definition().name();
    Watch older = watches.get(name);
    if (older != null && older.checksLike(upstream.definition())) {
      older.update(upstream.endpoints());
      return;
    }
    forget(name);
    if (upstream.definition().activeCheck().enabled()) {
      Watch watch = new Watch(upstream.definition());
      watches.put(name, watch);
      watch.update(upstream.endpoints());
    }
  }

  /** Stops checking; nothing happens when it was not checked. */
  public synchronized void forget(String upstreamName) {
    Watch watch = watches.remove(upstreamName);
    if (watch != null) {
      watch
          .stop()
          .onFailure(
              cause -> LOG.warn("balancer.check not closed upstream={}", upstreamName, cause));
    }
  }

  /** Stops all checks. */
  public synchronized Future<Void> close() {
    List<Future<Void>> closing = new ArrayList<>();
    watches.values().forEach(watch -> closing.add(watch.stop()));
    watches.clear();
    return Future.join(closing).mapEmpty();
  }

  /** How many endpoints are checked. */
  synchronized int watched() {
    return watches.values().stream().mapToInt(watch -> watch.rounds.size()).sum();
  }

  private synchronized double nextDouble() {
    return random.nextDouble();
  }

  /** One upstream: a probe, and a round for each of its endpoints. */
  private final class Watch {
    private final ActiveCheck options;
    private final Connection connection;
    private final Probe probe;
    private final Map<LiveEndpoint, Round> rounds = new HashMap<>();

    Watch(Upstream definition) {
      this.options = definition.activeCheck();
      this.connection = definition.connection();
      this.probe = Probe.of(vertx, options, connection);
    }

    boolean checksLike(Upstream definition) {
      return options.equals(definition.activeCheck()) && connection.equals(definition.connection());
    }

    void update(List<LiveEndpoint> endpoints) {
      Set<LiveEndpoint> staying = Set.copyOf(endpoints);
      rounds.forEach((endpoint, round) -> round.stopUnless(staying.contains(endpoint)));
      rounds.keySet().retainAll(staying);
      for (LiveEndpoint endpoint : endpoints) {
        if (!rounds.containsKey(endpoint)) {
          Round round = new Round(endpoint, options, probe);
          rounds.put(endpoint, round);
          round.start();
        }
      }
    }

    Future<Void> stop() {
      rounds.values().forEach(round -> round.stopUnless(false));
      rounds.clear();
      return probe.close();
    }
  }

  /** Checks one endpoint again and again: the next wait begins when a check has ended. */
  private final class Round {
    private final LiveEndpoint endpoint;
    private final ActiveCheck options;
    private final Probe probe;
    private volatile boolean stopped;

    Round(LiveEndpoint endpoint, ActiveCheck options, Probe probe) {
      this.endpoint = endpoint;
      this.options = options;
      this.probe = probe;
    }

    /** The first check comes soon, but not that of all endpoints at once. */
    void start() {
      checkAfter(Math.round(options.interval().toMillis() * options.jitter() * nextDouble()));
    }

    void stopUnless(boolean staying) {
      stopped = !staying;
    }

    private void checkAfter(long millis) {
      vertx
          .timer(Math.max(1, millis))
          .onSuccess(
              elapsed -> {
                if (!stopped) {
                  check();
                }
              });
    }

    private void check() {
      probe
          .check(endpoint.endpoint())
          .onComplete(
              result -> {
                if (stopped) {
                  return;
                }
                endpoint.checked(
                    result.succeeded(),
                    result.succeeded() ? result.result() : Probe.sentence(result.cause()));
                checkAfter(nextWait());
              });
    }

    private long nextWait() {
      double factor = 1 + options.jitter() * (2 * nextDouble() - 1);
      return Math.round(options.interval().toMillis() * factor);
    }
  }
}
