package io.vertebra.balancer;

import io.vertebra.api.Fields;
import io.vertx.core.json.JsonObject;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * An endpoint in use: its load, its latency and its health. Safe for any thread.
 *
 * <p>Who picks it calls {@link #begin} once and {@link #end} once for each attempt.
 */
public final class LiveEndpoint {

  /** How an attempt ended. */
  public enum Outcome {
    SUCCESS,
    /** The endpoint answered, and the answer says that it failed. */
    SERVER_ERROR,
    CONNECT_FAILURE,
    /** The connection broke before the answer was complete. */
    RESET,
    TIMEOUT,
    /** We gave up for reasons of our own; says nothing about the endpoint. */
    CANCELLED
  }

  private final Fleet fleet;
  private final AtomicInteger inFlight = new AtomicInteger();
  private final LongAdder requests = new LongAdder();
  private final LongAdder failures = new LongAdder();
  private final LongAdder ejections = new LongAdder();
  private final CircuitBreaker breaker;
  private volatile Endpoint endpoint;
  private volatile Ewma latency;
  private volatile OutlierDetector outlier = OutlierDetector.NEW;
  private volatile CheckState check = CheckState.UNCHECKED;
  private volatile boolean breakerClosed = true;
  private volatile long availableSince;

  LiveEndpoint(Endpoint endpoint, Fleet fleet, long availableSince) {
    this.endpoint = endpoint;
    this.fleet = fleet;
    this.breaker = new CircuitBreaker(fleet.definition().breaker());
    this.latency = Ewma.none(fleet.now());
    this.availableSince = availableSince;
  }

  /** The newest definition. */
  public Endpoint endpoint() {
    return endpoint;
  }

  /** {@code host:port}. */
  public String id() {
    return endpoint.id();
  }

  /** An attempt starts. */
  public void begin() {
    inFlight.incrementAndGet();
    requests.increment();
    if (!breakerClosed) {
      synchronized (this) {
        breaker.begin(fleet.now());
      }
      fleet.changed();
    }
  }

  /**
   * An attempt has ended.
   *
   * @param latencyNanos from its begin to the first byte of the answer, or to its failure
   */
  public void end(Outcome outcome, long latencyNanos) {
    inFlight.decrementAndGet();
    boolean success = outcome == Outcome.SUCCESS;
    if (!success && outcome != Outcome.CANCELLED) {
      failures.increment();
    }
    if (settle(outcome, latencyNanos, fleet.now())) {
      fleet.changed();
    }
  }

  /** Whether it changed who may be picked. */
  private synchronized boolean settle(Outcome outcome, long latencyNanos, long now) {
    boolean ejected = false;
    switch (outcome) {
      case CANCELLED -> breaker.cancel(now);
      case SUCCESS -> succeeded(latencyNanos, now);
      case SERVER_ERROR, CONNECT_FAILURE, RESET, TIMEOUT -> ejected = failed(latencyNanos, now);
    }
    boolean closed = breaker.state(now) == CircuitBreaker.State.CLOSED;
    if (closed && breakerClosed) {
      return ejected;
    }
    breakerClosed = closed;
    return true;
  }

  private void succeeded(long latencyNanos, long now) {
    latency = latency.with(latencyNanos, now);
    if (outlier.failures() > 0) {
      outlier = outlier.succeeded();
    }
    breaker.end(true, now);
  }

  /** Whether it is ejected for it. */
  private boolean failed(long latencyNanos, long now) {
    breaker.end(false, now);
    // A quick failure must not make the endpoint look fast.
    if (latencyNanos > latency.nanos()) {
      latency = latency.with(latencyNanos, now);
    }
    if (outlier.isEjected(now)) {
      return false;
    }
    outlier = outlier.failed();
    Ejection options = fleet.definition().ejection();
    return outlier.isDue(options) && fleet.ejectWithinLimit(now, () -> eject(options, now));
  }

  private void eject(Ejection options, long now) {
    outlier = outlier.ejected(options, now);
    availableSince = outlier.until();
    ejections.increment();
  }

  /**
   * An active check has ended.
   *
   * @param detail what was found, for people
   */
  public void checked(boolean passed, String detail) {
    boolean changed;
    synchronized (this) {
      boolean wasHealthy = check.healthy();
      check = check.after(passed, detail, fleet.definition().activeCheck());
      changed = check.healthy() != wasHealthy;
      if (changed && passed) {
        availableSince = fleet.now();
      }
    }
    if (changed) {
      fleet.changed();
    }
  }

  /** Attempts begun and not ended. */
  public int inFlight() {
    return inFlight.get();
  }

  /** Attempts begun ever. */
  public long requests() {
    return requests.sum();
  }

  /** Attempts that failed ever. */
  public long failures() {
    return failures.sum();
  }

  /** How often it was ejected ever. */
  public long ejections() {
    return ejections.sum();
  }

  /** What active checks say; true without any. */
  public boolean healthy() {
    return check.healthy();
  }

  /** Moving average of the latency in milliseconds, 0 when there is none. */
  public double ewmaMillis() {
    return latency.nanosAt(fleet.now()) / 1e6;
  }

  /** Takes over a new definition; the options are those of the fleet. */
  synchronized void redefine(Endpoint newEndpoint) {
    boolean wasUp = endpoint.state() == Endpoint.State.UP;
    endpoint = newEndpoint;
    breaker.use(fleet.definition().breaker());
    if (!wasUp && newEndpoint.state() == Endpoint.State.UP) {
      availableSince = fleet.now();
    }
    if (!fleet.definition().activeCheck().enabled()) {
      check = CheckState.UNCHECKED;
    }
  }

  double latencyNanos(long now) {
    return latency.nanosAt(now);
  }

  boolean isEjected(long now) {
    return outlier.isEjected(now);
  }

  long ejectedUntil() {
    return outlier.until();
  }

  long availableSince() {
    return availableSince;
  }

  String checkDetail() {
    return check.detail();
  }

  boolean isAdmitted(long now) {
    if (breakerClosed) {
      return true;
    }
    synchronized (this) {
      return breaker.admits(now);
    }
  }

  synchronized CircuitBreaker.State breakerState(long now) {
    return breaker.state(now);
  }

  synchronized long breakerOpenUntil() {
    return breaker.openUntil();
  }

  JsonObject toJson() {
    long now = fleet.now();
    return new JsonObject()
        .put("id", id())
        .put("tier", Fields.word(endpoint.tier()))
        .put("zone", endpoint.zone())
        .put("weight", endpoint.weight())
        .put("state", Fields.word(endpoint.state()))
        .put("inFlight", inFlight())
        .put("ewmaMs", Math.round(ewmaMillis() * 1000) / 1000.0)
        .put("requests", requests())
        .put("failures", failures())
        .put("healthy", healthy())
        .put("check", checkDetail())
        .put("ejectedUntil", ejectedUntilText(now))
        .put("ejections", ejections())
        .put("breaker", Fields.word(breakerState(now)));
  }

  private @Nullable String ejectedUntilText(long now) {
    OutlierDetector current = outlier;
    return current.isEjected(now) ? fleet.instantOf(current.until()).toString() : null;
  }
}
