package io.vertebra.ids;

import static io.vertebra.api.FailureCode.LIMITED;
import static io.vertebra.api.FailureCode.NOT_FOUND;
import static io.vertebra.api.FailureCode.UNAVAILABLE;

import io.vertebra.api.Failure;
import io.vertx.core.Future;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Issues ids from times set aside in a {@link WorkerStore}. Safe for any thread. */
final class StoredIdService implements IdService {
  /** How far ahead of its clock a node sets times aside, and may issue ids. */
  static final long AHEAD_MS = 10_000;

  /** Most requests that wait for time to be set aside. */
  private static final int MAX_WAITING = 10_000;

  private static final int ATTEMPTS = 3;
  private static final Logger LOG = LoggerFactory.getLogger(StoredIdService.class);

  private final WorkerStore store;
  private final Clock clock;
  private @Nullable Worker worker;
  private @Nullable Window window;
  private @Nullable Future<Void> reserving;
  private int waiting;
  private boolean used;
  private boolean closed;

  StoredIdService(WorkerStore store, Clock clock) {
    this.store = store;
    this.clock = clock;
  }

  @Override
  public Future<List<Long>> take(int count) {
    return take(count, ATTEMPTS);
  }

  private Future<List<Long>> take(int count, int attempts) {
    Future<Void> reserved;
    synchronized (this) {
      Optional<Window.Taken> taken = window == null ? Optional.empty() : window.take(count, now());
      if (taken.isPresent()) {
        window = taken.get().rest();
        used = true;
        return Future.succeededFuture(taken.get().ids());
      }
      if (attempts == 0) {
        return Failure.future(UNAVAILABLE, "no time could be set aside for ids");
      }
      if (waiting >= MAX_WAITING) {
        return Failure.future(LIMITED, "too many wait for ids");
      }
      waiting++;
      reserved = reserve();
    }
    return reserved.onComplete(done -> left()).compose(done -> take(count, attempts - 1));
  }

  /** Requests that wait for time to be set aside. */
  synchronized int waiting() {
    return waiting;
  }

  private synchronized void left() {
    waiting--;
  }

  /** Sets time aside before it is used up, if ids are asked for; to be called every second. */
  synchronized void look() {
    boolean scarce = window != null && window.until() - Math.max(now(), window.at()) < AHEAD_MS / 2;
    if (used && scarce) {
      used = false;
      start(reserve(), "reserve");
    }
  }

  /** Keeps the worker number; to be called several times in the time of its lease. */
  synchronized void keep() {
    Worker held = worker;
    if (held != null) {
      start(
          store
              .keep(held)
              .recover(
                  cause -> {
                    if (Failure.of(cause).code() == NOT_FOUND) {
                      drop(held);
                    }
                    return Future.failedFuture(cause);
                  }),
          "keep");
    }
  }

  /** Gives the number back; no ids from then on. */
  synchronized Future<Void> close() {
    closed = true;
    window = null;
    Worker held = worker;
    worker = null;
    return held == null ? Future.succeededFuture() : store.release(held);
  }

  private static void start(Future<Void> work, String what) {
    work.onFailure(cause -> LOG.warn("ids.{} failed: {}", what, cause.getMessage()));
  }

  /** One at a time, for all who wait. */
  private synchronized Future<Void> reserve() {
    Future<Void> present = reserving;
    if (present != null && !present.isComplete()) {
      return present;
    }
    if (closed) {
      return Failure.future(UNAVAILABLE, "the node stops");
    }
    Supplier<Future<Void>> step = worker == null ? this::begin : this::extend;
    Future<Void> started = step.get();
    reserving = started;
    return started;
  }

  private Future<Void> begin() {
    return store.take(now() + AHEAD_MS).map(this::began);
  }

  private synchronized Void began(Worker taken) {
    if (!closed) {
      worker = taken;
      window = Window.after(taken.number(), taken.used(), taken.until());
      LOG.info("ids.worker taken number={}", taken.number());
    }
    return null;
  }

  private Future<Void> extend() {
    Worker held = worker;
    Window present = window;
    if (held == null || present == null) {
      return Future.succeededFuture();
    }
    long wanted = Math.max(now(), present.at()) + AHEAD_MS;
    return store
        .extend(held, Math.max(1, wanted - present.until()))
        .map(until -> extended(held, until));
  }

  private synchronized Void extended(Worker held, Optional<Long> until) {
    if (until.isEmpty()) {
      drop(held);
    } else if (window != null && held.equals(worker)) {
      window = window.extendedTo(until.get());
    }
    return null;
  }

  private synchronized void drop(Worker lost) {
    if (lost.equals(worker)) {
      LOG.warn("ids.worker lost number={}", lost.number());
      worker = null;
      window = null;
    }
  }

  private long now() {
    return clock.millis() - Window.EPOCH_MS;
  }
}
