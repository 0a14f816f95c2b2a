package io.vertebra.kv;

import io.vertebra.api.Failure;
import io.vertebra.api.FailureCode;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Puts the commands that wait into log entries, many into one, so that one sync of the disk serves
 * them all: group commit. Several entries are under way at a time. Entries are numbered, so that
 * the state applies each once however often an engine sends it. Safe for any thread.
 */
final class Proposer {
  static final int MAX_COMMANDS = 512;
  static final int MAX_BYTES = 1 << 20;
  private static final int MAX_IN_FLIGHT = 4;

  private final Engine engine;
  private final KvOptions options;
  private final LongSupplier nanoTime;
  private final long id;
  private final ExecutorService submitter;

  private final Deque<Pending> queue = new ArrayDeque<>();
  private final SortedSet<Long> inFlight = new TreeSet<>();
  private long queuedBytes;
  private long sequence;
  private boolean awake;
  private boolean closed;

  private record Pending(Bytes command, CompletableFuture<ByteBuffer> answer, long until) {}

  private record Batch(long sequence, long acknowledged, List<Pending> commands, long until) {}

  /**
   * @param id of this proposer, never used before
   */
  Proposer(Engine engine, KvOptions options, LongSupplier nanoTime, long id) {
    this.engine = engine;
    this.options = options;
    this.nanoTime = nanoTime;
    this.id = id;
    this.submitter =
        new ThreadPoolExecutor(
            1,
            1,
            0,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            task -> {
              Thread thread = new Thread(task, "kv-submit");
              thread.setDaemon(true);
              return thread;
            });
  }

  /**
   * Has a command applied.
   *
   * @return its answer; {@code UNAVAILABLE} if too many wait or none can be taken, {@code TIMEOUT}
   *     if it is not known whether it was applied
   */
  CompletionStage<ByteBuffer> submit(byte[] command) {
    CompletableFuture<ByteBuffer> answer = new CompletableFuture<>();
    long until = nanoTime.getAsLong() + options.writeTimeout().toNanos();
    boolean wake;
    synchronized (this) {
      if (closed) {
        return refused("the store is closed");
      }
      if (queue.size() >= options.maxPendingWrites()
          || queuedBytes + command.length > options.maxPendingBytes()) {
        return refused("too many writes wait for the log");
      }
      queue.add(new Pending(Bytes.wrap(command), answer, until));
      queuedBytes += command.length;
      wake = wakes();
    }
    if (wake) {
      drainLater();
    }
    return answer;
  }

  /** Commands that wait to be put into an entry. */
  synchronized int pending() {
    return queue.size();
  }

  /** Refuses what waits and all that comes; what is under way ends by itself. */
  void close() {
    List<Pending> waiting;
    synchronized (this) {
      closed = true;
      waiting = List.copyOf(queue);
      queue.clear();
      queuedBytes = 0;
    }
    waiting.forEach(
        pending -> fail(pending, new Failure(FailureCode.UNAVAILABLE, "the store is closed")));
    submitter.shutdown();
  }

  /** Fails what has waited too long, even when nothing is taken off the queue. */
  void expire() {
    List<Pending> late = new ArrayList<>();
    synchronized (this) {
      long now = nanoTime.getAsLong();
      for (Iterator<Pending> all = queue.iterator(); all.hasNext(); ) {
        Pending pending = all.next();
        if (now - pending.until() < 0) {
          break;
        }
        all.remove();
        queuedBytes -= pending.command().length();
        late.add(pending);
      }
    }
    late.forEach(
        pending ->
            fail(
                pending,
                new Failure(
                    FailureCode.UNAVAILABLE,
                    "the write waited " + options.writeTimeout().toMillis() + " ms for the log")));
  }

  private boolean wakes() {
    if (awake || queue.isEmpty() || inFlight.size() >= MAX_IN_FLIGHT) {
      return false;
    }
    awake = true;
    return true;
  }

  private void drainLater() {
    try {
      submitter.execute(this::drain);
    } catch (RejectedExecutionException closing) {
      // What waits was refused by close().
    }
  }

  private void drain() {
    for (Batch batch = take(); batch != null; batch = take()) {
      send(batch);
    }
  }

  private synchronized @Nullable Batch take() {
    if (queue.isEmpty() || inFlight.size() >= MAX_IN_FLIGHT) {
      awake = false;
      return null;
    }
    List<Pending> commands = new ArrayList<>();
    int bytes = 0;
    long until = queue.element().until();
    while (!queue.isEmpty()
        && commands.size() < MAX_COMMANDS
        && (commands.isEmpty() || bytes + queue.element().command().length() <= MAX_BYTES)) {
      Pending pending = queue.remove();
      queuedBytes -= pending.command().length();
      bytes += pending.command().length();
      commands.add(pending);
    }
    sequence++;
    inFlight.add(sequence);
    return new Batch(sequence, inFlight.first() - 1, commands, until);
  }

  private void send(Batch batch) {
    List<byte[]> commands =
        batch.commands().stream().map(pending -> pending.command().unsafeArray()).toList();
    byte[] entry = Codec.batch(id, batch.sequence(), batch.acknowledged(), commands);
    Duration left = Duration.ofNanos(Math.max(1, batch.until() - nanoTime.getAsLong()));
    CompletionStage<byte[]> result;
    try {
      result = engine.propose(entry, left);
    } catch (RuntimeException e) {
      result = CompletableFuture.failedFuture(e);
    }
    CompletionStage<byte[]> unused =
        result.whenComplete((answers, cause) -> ended(batch, answers, cause));
  }

  private void ended(Batch batch, byte @Nullable [] result, @Nullable Throwable cause) {
    boolean wake;
    synchronized (this) {
      inFlight.remove(batch.sequence());
      wake = wakes();
    }
    if (wake) {
      drainLater();
    }
    if (result == null) {
      Throwable failure = cause instanceof CompletionException wrapped ? inner(wrapped) : cause;
      batch.commands().forEach(pending -> fail(pending, failure));
      return;
    }
    Iterator<ByteBuffer> answers = Codec.answers(result).iterator();
    batch.commands().forEach(pending -> pending.answer().complete(answers.next()));
  }

  private static @Nullable Throwable inner(CompletionException wrapped) {
    return wrapped.getCause() == null ? wrapped : wrapped.getCause();
  }

  private static void fail(Pending pending, @Nullable Throwable cause) {
    pending
        .answer()
        .completeExceptionally(cause == null ? new IllegalStateException("no result") : cause);
  }

  private static <T> CompletionStage<T> refused(String reason) {
    return CompletableFuture.failedFuture(new Failure(FailureCode.UNAVAILABLE, reason));
  }
}
