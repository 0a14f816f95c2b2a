package io.vertebra.api;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Whether the node takes work, and how much of it is under way. Counts requests of every listener,
 * so that a stop can wait for the last of them. Safe for any thread.
 */
public final class Lifecycle {

  /** The stages of a node's life, in order. */
  public enum Stage {
    STARTING,
    READY,
    /** Balancers are told to look elsewhere; work is still taken. */
    LEAVING,
    DRAINING
  }

  private final AtomicInteger inFlight = new AtomicInteger();
  private final Promise<Void> drained = Promise.promise();
  private final Queue<Runnable> beforeDrain = new ConcurrentLinkedQueue<>();
  private volatile Stage stage = Stage.STARTING;

  public Stage stage() {
    return stage;
  }

  /** From now on the node is ready for work. */
  public void ready() {
    stage = Stage.READY;
  }

  /** From now on the node says that it is not ready, but takes work as before. */
  public void leave() {
    stage = Stage.LEAVING;
  }

  /** From now on new work is to be refused; completes when none is under way. */
  public Future<Void> drain() {
    stage = Stage.DRAINING;
    beforeDrain.forEach(Runnable::run);
    completeWhenIdle();
    return drained.future();
  }

  /** Has {@code action} end what would go on for long when the node drains. */
  public void onDrain(Runnable action) {
    beforeDrain.add(action);
  }

  /** Work that is under way. */
  public int inFlight() {
    return inFlight.get();
  }

  /** One piece of work begins; {@link #end} must follow. */
  public void begin() {
    inFlight.incrementAndGet();
  }

  /** One piece of work ended. */
  public void end() {
    if (inFlight.decrementAndGet() == 0 && stage == Stage.DRAINING) {
      completeWhenIdle();
    }
  }

  private void completeWhenIdle() {
    if (inFlight.get() == 0) {
      drained.tryComplete();
    }
  }
}
