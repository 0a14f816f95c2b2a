package io.vertebra.queue;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.function.Supplier;

/**
 * Does a step again and again. Neither the stack nor a chain of futures grows with the number of
 * steps, and others get the event loop between two of them. Used on one context.
 */
final class LoopJob {
  private final Vertx vertx;
  private final Supplier<Future<Boolean>> step;
  private final Promise<Void> done = Promise.promise();

  private LoopJob(Vertx vertx, Supplier<Future<Boolean>> step) {
    this.vertx = vertx;
    this.step = step;
  }

  /**
   * Completes after the first step that says so, fails with the first that fails.
   *
   * @param step answers whether there is one more
   */
  static Future<Void> run(Vertx vertx, Supplier<Future<Boolean>> step) {
    LoopJob loop = new LoopJob(vertx, step);
    loop.turn();
    return loop.done.future();
  }

  private void turn() {
    Future.succeededFuture()
        .compose(unused -> step.get())
        .onSuccess(this::stepped)
        .onFailure(done::fail);
  }

  private void stepped(boolean more) {
    if (more) {
      vertx.runOnContext(next -> turn());
    } else {
      done.complete();
    }
  }
}
