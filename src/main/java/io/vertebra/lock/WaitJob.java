package io.vertebra.lock;

import static io.vertebra.api.FailureCode.UNAVAILABLE;

import io.vertebra.api.Failure;
import io.vertebra.lock.LockStore.Granted;
import io.vertebra.lock.LockStore.Ticket;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Those who wait on this node for locks of a backend that calls nobody: looks when told of a
 * change, when a lease is due to end, and now and then. Safe for any thread.
 */
final class WaitJob {
  private static final Logger LOG = LoggerFactory.getLogger(WaitJob.class);
  private static final long POLL_MS = 500;
  private static final long SWEEP_MS = 10_000;

  private final Vertx vertx;
  private final BiFunction<String, List<Ticket>, Future<Standing>> attend;
  private final Supplier<Future<Void>> sweep;
  private final Map<String, Map<Ticket, Promise<Granted>>> waiting = new ConcurrentHashMap<>();
  private final List<Consumer<String>> listeners = new CopyOnWriteArrayList<>();

  /** Names at which somebody looks, and those of which a change was told meanwhile. */
  private final Set<String> looking = new HashSet<>();

  private final Set<String> again = new HashSet<>();
  private long pollTimer;
  private long sweepTimer;

  WaitJob(
      Vertx vertx,
      BiFunction<String, List<Ticket>, Future<Standing>> attend,
      Supplier<Future<Void>> sweep) {
    this.vertx = vertx;
    this.attend = attend;
    this.sweep = sweep;
  }

  /** How the places of this node stand in one queue. Made by one look. */
  static final class Standing {
    private final Map<Ticket, Granted> served = new LinkedHashMap<>();
    private final List<Ticket> lost = new ArrayList<>();
    private final Duration untilNext;

    /**
     * @param untilNext when to look again at the latest
     */
    Standing(Duration untilNext) {
      this.untilNext = untilNext;
    }

    void serve(Ticket ticket, Granted granted) {
      served.put(ticket, granted);
    }

    /** A place that is not served, its position 0 if it is not there. */
    void stand(Ticket ticket, int position) {
      if (position == 0) {
        lost.add(ticket);
      }
    }

    /** The same, known only after some time. */
    Standing later(Duration time) {
      served.replaceAll(
          (ticket, granted) -> new Granted(granted.holding(), granted.safe().minus(time)));
      return this;
    }
  }

  void start() {
    pollTimer = vertx.setPeriodic(POLL_MS, due -> changed(""));
    sweepTimer =
        vertx.setPeriodic(
            SWEEP_MS,
            due ->
                sweep
                    .get()
                    .onFailure(cause -> LOG.debug("lock.sweep failed: {}", cause.getMessage())));
  }

  void stop() {
    vertx.cancelTimer(pollTimer);
    vertx.cancelTimer(sweepTimer);
  }

  int size() {
    return waiting.values().stream().mapToInt(Map::size).sum();
  }

  /** Has changes told as they come; empty for any. */
  Runnable listen(Consumer<String> listener) {
    listeners.add(listener);
    return () -> listeners.remove(listener);
  }

  /** Waits for a place to be served. */
  Future<Granted> place(Ticket ticket) {
    Promise<Granted> promise = Promise.promise();
    waiting.compute(
        ticket.name(),
        (name, tickets) -> {
          Map<Ticket, Promise<Granted>> all = tickets == null ? new ConcurrentHashMap<>() : tickets;
          all.put(ticket, promise);
          return all;
        });
    look(ticket.name());
    return Future.fromCompletionStage(
        promise.future().toCompletionStage(), vertx.getOrCreateContext());
  }

  void forget(Ticket ticket) {
    Promise<Granted> unused = remove(ticket);
  }

  private Promise<Granted> remove(Ticket ticket) {
    List<Promise<Granted>> removed = new ArrayList<>();
    waiting.computeIfPresent(
        ticket.name(),
        (name, tickets) -> {
          Promise<Granted> promise = tickets.remove(ticket);
          if (promise != null) {
            removed.add(promise);
          }
          return tickets.isEmpty() ? null : tickets;
        });
    return removed.isEmpty() ? Promise.promise() : removed.get(0);
  }

  /** A name changed; any may have if it is empty. */
  void changed(String name) {
    if (name.isEmpty()) {
      waiting.keySet().forEach(this::look);
    } else {
      look(name);
    }
    listeners.forEach(listener -> listener.accept(name));
  }

  private void look(String name) {
    Map<Ticket, Promise<Granted>> tickets = waiting.get(name);
    if (tickets == null) {
      return;
    }
    synchronized (looking) {
      if (!looking.add(name)) {
        again.add(name);
        return;
      }
    }
    attend
        .apply(name, List.copyOf(tickets.keySet()))
        .onSuccess(standing -> told(name, standing))
        .onFailure(cause -> LOG.debug("lock.look failed name={}: {}", name, cause.getMessage()))
        .onComplete(ended -> looked(name));
  }

  private void looked(String name) {
    boolean once;
    synchronized (looking) {
      looking.remove(name);
      once = again.remove(name);
    }
    if (once) {
      look(name);
    }
  }

  private void told(String name, Standing standing) {
    standing.served.forEach((ticket, granted) -> remove(ticket).tryComplete(granted));
    for (Ticket ticket : standing.lost) {
      remove(ticket).tryFail(new Failure(UNAVAILABLE, "the place in the queue was lost"));
    }
    long due = standing.untilNext.toMillis() + 1;
    if (due < POLL_MS && waiting.containsKey(name)) {
      vertx.setTimer(due, now -> look(name));
    }
  }
}
