package io.vertebra.raft;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The threads of an engine, beside those of Ratis.
 *
 * @param timer deadlines; never blocked
 * @param keeper opens, watches and closes; may be blocked
 * @param worker tries again; may be blocked
 * @param orders changes the group; may be blocked for long
 * @param snapshots writes files
 */
record Threads(
    ScheduledThreadPoolExecutor timer,
    ScheduledThreadPoolExecutor keeper,
    ThreadPoolExecutor worker,
    ThreadPoolExecutor orders,
    ThreadPoolExecutor snapshots) {
  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final int WORKERS = 4;

  /**
   * @param name with which those of all begin
   */
  static Threads start(String name) {
    return new Threads(
        scheduled(name + "-timer"),
        scheduled(name + "-keeper"),
        pool(name + "-worker", WORKERS),
        pool(name + "-orders", 1),
        pool(name + "-snapshots", 1));
  }

  /** Waits until snapshots that are being written are done or given up. */
  void settleSnapshots() {
    try {
      CompletableFuture.runAsync(() -> {}, snapshots).get(LIMIT.toSeconds(), TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException | TimeoutException e) {
      throw new IllegalStateException("a snapshot does not come to an end", e);
    }
  }

  /** Begins nothing more. */
  void stop() {
    List.<ExecutorService>of(timer, keeper, worker, orders, snapshots)
        .forEach(ExecutorService::shutdown);
  }

  private static ScheduledThreadPoolExecutor scheduled(String name) {
    ScheduledThreadPoolExecutor executor = new ScheduledThreadPoolExecutor(1, daemons(name));
    executor.setRemoveOnCancelPolicy(true);
    executor.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    return executor;
  }

  private static ThreadPoolExecutor pool(String name, int size) {
    ThreadPoolExecutor executor =
        new ThreadPoolExecutor(
            size, size, 10, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), daemons(name));
    executor.allowCoreThreadTimeOut(true);
    return executor;
  }

  private static ThreadFactory daemons(String name) {
    AtomicInteger count = new AtomicInteger();
    return task -> {
      Thread thread = new Thread(task, name + "-" + count.incrementAndGet());
      thread.setDaemon(true);
      return thread;
    };
  }
}
