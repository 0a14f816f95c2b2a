package io.vertebra.kafka;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.internal.ContextInternal;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;

/** Threads for calls that block; answers come where they were asked for. */
public final class Workers {
  private final Vertx vertx;
  private final ExecutorService threads;

  /**
   * @param name of the threads
   * @param count of them; with one, work is done in the order in which it came
   */
  public Workers(Vertx vertx, String name, int count) {
    this.vertx = vertx;
    this.threads =
        Executors.newFixedThreadPool(
            count,
            work -> {
              Thread thread = new Thread(work, name);
              thread.setDaemon(true);
              return thread;
            });
  }

  /** Does something as soon as a thread is free. */
  public <T> Future<T> run(Callable<T> work) {
    Promise<T> done = ((ContextInternal) vertx.getOrCreateContext()).promise();
    try {
      threads.execute(
          () -> {
            try {
              done.tryComplete(work.call());
            } catch (Exception e) {
              done.tryFail(e);
            }
          });
    } catch (RejectedExecutionException closed) {
      done.fail(closed);
    }
    return done.future();
  }

  /** Does one last thing and ends. */
  public void close(Runnable last) {
    threads.execute(last);
    threads.shutdown();
  }
}
