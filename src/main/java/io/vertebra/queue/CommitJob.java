package io.vertebra.queue;

import io.vertebra.api.Failure;
import io.vertebra.api.FailureCode;
import io.vertebra.kv.KvService;
import io.vertebra.kv.Op;
import io.vertebra.kv.Txn;
import io.vertebra.kv.TxnResult;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * Writes the changes of one owner, under its fence. Changes that come while others are under way
 * wait and share a transaction: the busier, the more. Used on one context.
 *
 * <p>Each change is of messages that no other change under way is about, or is alone in its
 * transaction, so one that is refused takes nothing else with it. Of one whose outcome is not known
 * that cannot be said: then this owner has to begin anew, under a fence that keeps out what may
 * still be on its way.
 */
final class CommitJob {
  /** What fails here because of it can be asked of the new owner: nothing was done. */
  static final String MOVED = "the queues went to another owner, nothing was done";

  private static final int MAX_IN_FLIGHT = 3;
  private static final int MAX_CHANGES = 128;
  private static final int MAX_BYTES = 1 << 20;

  /** Below the 4,096 steps that the store takes at once, a ceiling included. */
  private static final int MAX_STEPS = 4_000;

  private final Vertx vertx;
  private final KvService kv;
  private final Term term;
  private final int maxPending;
  private final Runnable lost;
  private final Deque<Pending> queue = new ArrayDeque<>();
  private int inFlight;
  private boolean flushing;
  private boolean closed;

  private record Pending(Change change, Promise<Long> done) {}

  /**
   * @param maxPending most changes that wait
   * @param lost called when this owner is none any more, or has to begin anew; may be called again
   */
  CommitJob(Vertx vertx, KvService kv, Term term, int maxPending, Runnable lost) {
    this.vertx = vertx;
    this.kv = kv;
    this.term = term;
    this.maxPending = maxPending;
    this.lost = lost;
  }

  static Failure moved() {
    return new Failure(FailureCode.UNAVAILABLE, MOVED);
  }

  /** Whether a failure says that nothing was done and another owner can be asked. */
  static boolean isMoved(Throwable cause) {
    Failure failure = Failure.of(cause);
    return failure.code() == FailureCode.UNAVAILABLE && MOVED.equals(failure.getMessage());
  }

  /**
   * Has a change done.
   *
   * @return the revision of the store; {@code UNAVAILABLE} if nothing was done, {@code TIMEOUT} if
   *     that is not known
   */
  Future<Long> commit(Change change) {
    if (closed) {
      return Future.failedFuture(moved());
    }
    if (queue.size() >= maxPending) {
      return Failure.future(FailureCode.UNAVAILABLE, "too many changes of queues wait");
    }
    Promise<Long> done = Promise.promise();
    queue.add(new Pending(change, done));
    if (!flushing) {
      flushing = true;
      vertx.runOnContext(now -> flush());
    }
    return done.future();
  }

  /** Whether a change would be written at once. */
  boolean isIdle() {
    return inFlight == 0;
  }

  /** Changes that wait for those under way. */
  int pending() {
    return queue.size();
  }

  /** Refuses what waits and all that comes. */
  void close() {
    closed = true;
    List<Pending> waiting = List.copyOf(queue);
    queue.clear();
    waiting.forEach(pending -> pending.done().fail(moved()));
  }

  private void flush() {
    flushing = false;
    while (inFlight < MAX_IN_FLIGHT && !queue.isEmpty()) {
      write(take());
    }
  }

  private List<Pending> take() {
    List<Pending> batch = new ArrayList<>();
    int bytes = 0;
    int steps = 0;
    boolean full = false;
    while (!full
        && !queue.isEmpty()
        && fits(queue.element().change(), batch.size(), bytes, steps)) {
      Pending next = queue.remove();
      bytes += next.change().weight();
      steps += next.change().steps().size();
      batch.add(next);
      full = next.change().isAlone();
    }
    return batch;
  }

  /** Whether a change goes along with so many others of so many bytes and steps. */
  private static boolean fits(Change change, int others, int bytes, int steps) {
    return others == 0
        || (!change.isAlone()
            && others < MAX_CHANGES
            && bytes + change.weight() <= MAX_BYTES
            && steps + change.steps().size() <= MAX_STEPS);
  }

  private void write(List<Pending> batch) {
    List<Op> steps = new ArrayList<>();
    batch.forEach(pending -> steps.addAll(pending.change().steps()));
    // Removals hold no new ids, and must not take room.
    boolean withIds = batch.stream().anyMatch(pending -> !pending.change().removesOnly());
    long ceiling = withIds && term.sequence().isOver() ? term.sequence().wanted() : 0;
    if (ceiling > 0) {
      steps.add(TermStore.ceiling(ceiling));
    }
    inFlight++;
    kv.txn(Txn.of(steps.toArray(new Op[0])).under(term.fence()))
        .onComplete(
            ended -> {
              inFlight--;
              flush();
            })
        .onSuccess(
            result -> {
              term.sequence().raised(ceiling);
              succeed(batch, result);
            })
        .onFailure(cause -> fail(batch, Failure.of(cause)));
  }

  private static void succeed(List<Pending> batch, TxnResult result) {
    batch.forEach(pending -> pending.done().complete(result.revision()));
  }

  private void fail(List<Pending> batch, Failure failure) {
    switch (failure.code()) {
      case FENCED -> {
        lost.run();
        batch.forEach(pending -> pending.done().fail(moved()));
      }
      case UNAVAILABLE -> refused(batch, failure);
      case INVALID, CONFLICT, LIMITED, TOO_LARGE ->
          batch.forEach(pending -> pending.done().fail(failure));
      default -> {
        Failure unknown =
            new Failure(
                FailureCode.TIMEOUT, "not known whether it was done: " + failure.getMessage());
        lost.run();
        batch.forEach(pending -> pending.done().fail(unknown));
      }
    }
  }

  /** A store that is full still takes removals, if nothing else is with them. */
  private void refused(List<Pending> batch, Failure failure) {
    List<Pending> removals = new ArrayList<>();
    List<Pending> others = new ArrayList<>();
    batch.forEach(pending -> (pending.change().removesOnly() ? removals : others).add(pending));
    if (others.isEmpty() || removals.isEmpty() || closed) {
      batch.forEach(pending -> pending.done().fail(failure));
    } else {
      others.forEach(pending -> pending.done().fail(failure));
      write(removals);
    }
  }
}
