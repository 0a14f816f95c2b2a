package io.vertebra.raft;

import io.vertebra.api.Failure;
import io.vertebra.api.FailureCode;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/** Something that is tried until it succeeds, cannot succeed any more or is too late. */
abstract class Attempts<T> {

  /** What all attempts share. */
  interface Ground {

    /** None while it is closed or being opened. */
    Optional<Member> member();

    /** Why trying is of no use for the time being; empty if it is. */
    Optional<String> hopeless();

    Signal signal();

    /** Runs what waits; must not be blocked. */
    ScheduledExecutorService timer();

    /** Runs what may block. */
    Executor worker();
  }

  private static final long FIRST_WAIT_MS = 5;
  private static final long LONGEST_WAIT_MS = 100;

  private final Ground ground;
  private final CompletableFuture<T> result = new CompletableFuture<>();
  private int tries;
  private volatile String reason = "no leader is known";

  Attempts(Ground ground) {
    this.ground = ground;
  }

  /** Tries once: ends in {@link #succeed}, {@link #fail} or {@link #later}. */
  abstract void attempt(Member member);

  /** How it failed if nothing more is known: whether it may have had an effect. */
  abstract FailureCode unfinished();

  /** Begins, on this thread; only later attempts are made on others. */
  CompletableFuture<T> within(Duration deadline) {
    try {
      Future<?> limit =
          ground.timer().schedule(this::expire, deadline.toNanos(), TimeUnit.NANOSECONDS);
      var unused = result.whenComplete((value, failure) -> limit.cancel(false));
      tryNow();
    } catch (RejectedExecutionException closed) {
      fail(unfinished(), "the engine is closed");
    }
    return result;
  }

  /**
   * Where an answer is dealt with: whoever waits may ask again at once, and Ratis answers reads
   * while it holds a lock that the next read needs.
   */
  Executor worker() {
    return ground.worker();
  }

  void succeed(T value) {
    result.complete(value);
  }

  void fail(FailureCode code, String why) {
    result.completeExceptionally(new Failure(code, why));
  }

  /** Tries again after a while, or as soon as the leader changed. */
  void later(String why) {
    reason = why;
    AtomicBoolean woken = new AtomicBoolean();
    Signal signal = ground.signal();
    Runnable wake =
        new Runnable() {
          @Override
          public void run() {
            signal.forget(this);
            if (woken.compareAndSet(false, true)) {
              retry();
            }
          }
        };
    signal.await(wake);
    long wait = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS << Math.min(tries++, 5));
    try {
      var unused = ground.timer().schedule(wake, wait, TimeUnit.MILLISECONDS);
    } catch (RejectedExecutionException closed) {
      signal.forget(wake);
      fail(unfinished(), "the engine is closed");
    }
  }

  private void retry() {
    try {
      ground.worker().execute(this::tryNow);
    } catch (RejectedExecutionException closed) {
      fail(unfinished(), "the engine is closed");
    }
  }

  private void tryNow() {
    if (result.isDone()) {
      return;
    }
    Optional<String> hopeless = ground.hopeless();
    if (hopeless.isPresent()) {
      fail(unfinished(), hopeless.get());
      return;
    }
    Optional<Member> member = ground.member();
    if (member.isEmpty()) {
      later("the log is being opened");
      return;
    }
    try {
      attempt(member.get());
    } catch (RuntimeException e) {
      later(String.valueOf(e.getMessage()));
    }
  }

  private void expire() {
    fail(unfinished(), "not done within the deadline: " + reason);
  }

  /** Without the wrappers of stages. */
  static Throwable cause(Throwable failure) {
    Throwable cause = failure;
    while (cause instanceof CompletionException && cause.getCause() != null) {
      cause = cause.getCause();
    }
    return cause;
  }
}
